import rules


@rules.predicate
def runs_desk(user, obj=None):
    """区级管理员 of the authority the programme, school or compilation belongs to, or of any when none is given."""
    authorities = user.reach.authorities
    return bool(authorities) if obj is None else obj.authority_id in authorities


rules.add_perm("reports.view_desk", runs_desk)
rules.add_perm("reports.compile", runs_desk)
