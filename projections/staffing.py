"""Who is staff of a programme, as a condition on rows."""


def staff_of(program: str) -> str:
    """The viewer is staff of that programme, in the role at hand."""
    return (
        f"EXISTS (SELECT FROM program_staff s WHERE s.program_id = {program}"
        " AND s.person_id = {viewer} AND s.role = {role})"
    )
