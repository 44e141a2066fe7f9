# args: -m json.tool --indent 1 --sort-keys
# stdin: {"b": [1, 2.5, null], "a": {"x": "é"}}
