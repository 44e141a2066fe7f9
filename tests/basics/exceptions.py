def check(n):
    if n < 0:
        raise ValueError("negative", n)
    return 10 / n


for n in (5, 0, -1, "x"):
    try:
        result = check(n)
    except ZeroDivisionError as error:
        print("zero:", error)
    except ValueError as error:
        print("value:", error, error.args)
    except TypeError:
        print("type")
    else:
        print("result", result)
    finally:
        print("done", n)
