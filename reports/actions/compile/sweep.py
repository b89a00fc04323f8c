"""What a compile leaves over for good: files of workers that died, and of schools that failed on and on."""

from datetime import timedelta

from core.enums import OPEN
from core.files import delete_private, names_below, remove_unfinished, seconds_old
from reports.actions.compile.lead import FOLDER, package_stem
from reports.actions.compile.schools import PARTS
from reports.models import Compilation, SchoolPart

KEPT = timedelta(days=1)  # a worker without a sign of life for two minutes has lost its job


def sweep_files():
    """Each night → how many files went. What a row names stays, and what a package that is being made may yet name."""
    named = set(SchoolPart.objects.exclude(file="").values_list("file", flat=True))
    named.update(Compilation.objects.exclude(file="").values_list("file", flat=True))
    busy = tuple(_busy())
    left = [name for name in names_below(FOLDER) if name not in named and not name.startswith(busy)]
    old = [name for name in left if name.endswith(".zip") and seconds_old(name) > KEPT.total_seconds()]
    for name in old:
        delete_private(name)
    return len(old) + remove_unfinished(KEPT)


def _busy():
    for compilation in Compilation.objects.filter(job__state__in=OPEN).select_related("programme"):
        yield package_stem(compilation)
        yield f"{PARTS}/{compilation.pk}/"
