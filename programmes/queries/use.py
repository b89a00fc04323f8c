"""What other rooms have already built on a programme, so that a change does not pull it away."""


def used_above(obj):
    """Whether rows of another room point to obj. This room does not know which rooms there are."""
    own = obj._meta.app_label
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: obj}).exists()
        for relation in obj._meta.related_objects
        if relation.related_model._meta.app_label != own
    )


def category_problems(programme, *, moved=(), removed=()):
    """Why uses of categories cannot move or go. moved, removed: ProgrammeCategory rows, as they stand now."""
    problems = []
    if moved and used_above(programme):
        problems += [
            f"类别“{use.label}”（{use.category.code}）的顺序号不能改：名单或走访记录已经按 {use.position} 登记。" for use in moved
        ]
    problems += [
        f"类别“{use.label}”（{use.category.code}）不能去掉：已有学生标了这个类别。" for use in removed if used_above(use.category)
    ]
    return problems
