import rules

from works.rules import leads_school_of, runs_school_of, sits_at_desk


@rules.predicate
def runs_desk(user, obj=None):
    """区级管理员 of the authority the programme, school or compilation belongs to, or of any when none is given."""
    authorities = user.reach.authorities
    return bool(authorities) if obj is None else obj.authority_id in authorities


rules.add_perm("reports.view_desk", runs_desk)
rules.add_perm("reports.compile", runs_desk)
rules.add_perm("reports.view_jobs", runs_desk)


# ── What a school files: plan and report (security.md §2) ──


@rules.predicate
def reads_filings(user):
    reach = user.reach
    return bool(reach.staff_schools or reach.authorities or reach.reviewed_authorities)


@rules.predicate
def is_about(user, statement):
    return statement.teacher_id == user.pk


@rules.predicate
def works_at_a_school(user):
    return bool(user.reach.staff_schools)


rules.add_perm("reports.view_filing", reads_filings)
rules.add_perm("reports.write_filing", runs_school_of)
rules.add_perm("reports.approve_filing", leads_school_of)
rules.add_perm("reports.file_filing", runs_school_of)
rules.add_perm("reports.review", sits_at_desk)
rules.add_perm("reports.decide_filing", sits_at_desk)

# ── 教师走访情况表 ──
rules.add_perm("reports.run_statements", leads_school_of)
rules.add_perm("reports.view_own_statement", works_at_a_school)
rules.add_perm("reports.answer_own_statement", is_about)
