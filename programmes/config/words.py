"""What is wrong with a file, in Chinese, for the person who wrote it."""

import re
from difflib import get_close_matches

PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
SYNTAX = {
    "Cannot overwrite a value": "同一个键写了两次",
    "Cannot declare": "同一个表写了两次",
    "Cannot redefine namespace": "同一个表写了两次",
    "Cannot mutate immutable namespace": "写好的内联表不能再补",
    "Duplicate inline table key": "同一个键写了两次",
    "Invalid date or datetime": "没有这个日期或时间",
    "Invalid value": "值的写法不对，文字要加英文双引号",
    "Invalid statement": "这一行不是“键 = 值”",
    "Invalid initial character for a key part": "键只能用英文字母、数字、_ 和 -",
    "Expected '=' after a key": "键后面缺少 =",
    "Expected newline or end of document": "这一行后面多了内容",
    "Expected ']'": "表名后面缺少 ]",
    "Unterminated string": "引号没有配对",
    "Illegal character": "引号没有配对，或有不能出现的字符",
    "Unclosed array": "方括号 [ 没有配对",
    "Unclosed inline table": "花括号 { 没有配对",
    "Unescaped '\\'": "反斜杠 \\ 要写成 \\\\",
}
MESSAGES = {
    "missing": "缺少这个键",
    "string_type": "应是文字，加英文双引号",
    "int_type": "应是整数，不加引号",
    "int_from_float": "应是整数",
    "float_type": "应是数字，不加引号",
    "bool_type": "应是 true 或 false，不加引号",
    "date_type": "应是日期，写成 2022-09-30，不加引号",
    "date_from_datetime_inexact": "应是日期，不带钟点",
    "datetime_type": "应是时刻，写成 2022-10-01T00:00:00+08:00，不加引号",
    "timezone_aware": "时刻要带时区，如 2022-10-01T00:00:00+08:00",
    "list_type": "应是列表，写成 [ … ] 或 [[ … ]]",
    "tuple_type": "应是列表，写成 [ … ]",
    "model_type": "应是一张表",
    "dict_type": "应是一张表",
    "string_too_short": "不能为空",
    "string_too_long": "最多{max_length}个字",
    "too_short": "至少要有{min_length}项",
    "too_long": "最多{max_length}项，现在有{actual_length}项",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "string_pattern_mismatch": "写法不对，要符合 {pattern}",
}


def syntax_words(message, text):
    """tomllib's message: line, column, reason and the line itself."""
    found = PLACE.search(message)
    all_lines = text.splitlines() or [""]
    line, column = (int(found[1]), int(found[2])) if found and found[1] else (len(all_lines), None)
    written = all_lines[min(line, len(all_lines)) - 1]
    reason = next((ours for theirs, ours in SYNTAX.items() if message.startswith(theirs)), PLACE.sub("", message))
    if column and written[column - 1 : column] == "-" and written[column - 2].isdigit():
        reason = SYNTAX["Invalid date or datetime"]  # 2022-10-32 is read as the number 2022 and something behind it
    where = f"第{line}行第{column}列" if column else f"第{line}行（文件末尾）"
    return f"{where} TOML 写法有误：{reason}。这一行是：{written.strip()}"


def path_words(path):
    """deadlines 第2项 by"""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f" 第{part + 1}项"
        else:
            words += (" " if words.endswith("项") else "." if words else "") + part
    return words or "整个文件"


def error_words(error, known):
    """One error of pydantic. known: the keys of the table the error stands in, for a guess at a misspelt one."""
    if error["type"] == "extra_forbidden":
        key = error["loc"][-1]
        close = get_close_matches(str(key), known, n=1)
        return f"没有这个键，是不是 {close[0]}" if close else f"没有这个键。这里可以写：{'、'.join(known)}"
    facts = {**error.get("ctx", {})}
    if "expected" in facts:
        facts["expected"] = facts["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
    words = MESSAGES.get(error["type"], error["msg"]).format(**facts)
    if error["type"] in ("literal_error", "enum", "string_pattern_mismatch"):
        words += f"，现在是 {error['input']}"
    return words
