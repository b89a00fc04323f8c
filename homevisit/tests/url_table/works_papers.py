"""The form of a work, filed at every place. Without LibreOffice a PDF is 503 for whoever may have it."""

from homevisit.tests.url_table.row import Row


def readers(status):
    """The author, the school's office, the desks of the district."""
    return {
        "class_head": f"{status}/404/404/404",
        "school_leader named_leader school_admin": f"{status}/{status}/404/404",
        "district_admin reviewer": f"{status}/{status}/{status}/404",
        "rest": "404",
    }


# fmt: off
ROWS = [
    Row("works:form_preview", "get", "works.Work", readers("200")),
    Row("works:form_docx", "get", "works.Work", readers("200")),
    Row("works:form_pdf", "get", "works.Work", readers("503")),
]
