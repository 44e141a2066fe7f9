# exit: 1
"""An uncaught exception group with nested groups, causes and notes."""
def fail(kind, *args):
    raise kind(*args)
def collect():
    errors = []
    for kind in (ValueError, OSError):
        try:
            fail(kind, 2, "text")
        except Exception as error:
            error.add_note(f"note for {kind.__name__}")
            errors.append(error)
    try:
        raise ExceptionGroup("inner", errors)
    except ExceptionGroup as inner:
        try:
            raise KeyError("during") from errors[0]
        except KeyError as error:
            raise ExceptionGroup("outer", [inner, error, TypeError("bare")])
collect()
