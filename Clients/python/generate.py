#!/usr/bin/env python3
"""Writes typed Python from a host's OpenRPC document (`esh openrpc --locale en`): methods, and plugins' commands."""

from __future__ import annotations

import argparse
import json
import keyword
import re
import sys
from typing import Any

Schema = dict[str, Any]
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def snake(name: str) -> str:
    """`session/login` → `session_login`, `school.setPassword` → `school_set_password`."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)).strip("_").lower()
    return words + "_" if keyword.iskeyword(words) else words


def hint(schema: Schema) -> str:
    """The type that values of a schema have."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "const" in schema:
        return f"Literal[{quoted(schema['const'])}]"
    if "enum" in schema:
        return f"Literal[{', '.join(quoted(value) for value in schema['enum'])}]"
    if "anyOf" in schema or "oneOf" in schema:
        return union(hint(one) for one in schema.get("anyOf") or schema["oneOf"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return union(hint({**schema, "type": one}) for one in kind)
    if kind == "array":
        return f"list[{hint(schema.get('items', {}))}]"
    if kind == "object":
        return "dict[str, Any]"
    return PLAIN.get(kind or "", "Any")


def union(hints: Any) -> str:
    return " | ".join(dict.fromkeys(hints))


def typed_dict(name: str, schema: Schema) -> list[str]:
    """A component as a type: an object with members of its own as a TypedDict, all else as an alias."""
    if "anyOf" in schema:
        lines, names = [], []
        for index, one in enumerate(schema["anyOf"]):
            kind = one.get("properties", {}).get("type", {}).get("const")
            if "$ref" in one:
                names.append(hint(one))
                continue
            part = f"{name}{kind[0].upper()}{kind[1:]}" if kind else f"{name}{index + 1}"
            names.append(part)
            lines += typed_dict(part, one)
        union_of = ", ".join(quoted(one) for one in names)
        return lines + [f"{name} = Union[{union_of}]", "", ""]
    lines = [f"class {name}(TypedDict):"]
    if "description" in schema:
        lines += [f"    {docstring(schema['description'])}", ""]
    required = schema.get("required", [])
    for member, one in schema.get("properties", {}).items():
        kind = hint(one)
        lines.append(f"    {member}: {kind if member in required else f'NotRequired[{kind}]'}")
    return lines + ([] if schema.get("properties") else ["    pass"]) + ["", ""]


def docstring(text: str) -> str:
    return '"""' + text.replace("\\", "\\\\").replace('"""', "'''").replace("\n", " ").strip() + '"""'


def function(name: str, params: list[tuple[str, Schema, bool]], result: str, doc: str, body: str) -> list[str]:
    """One method of a class; parameters by name, those that may be left out with `...` in their place."""
    parts = [f"{python_name(one)}: {hint(schema)}" for one, schema, needed in params if needed]
    parts += [f"{python_name(one)}: {optional(hint(schema))} = ..." for one, schema, needed in params if not needed]
    head = f"    def {snake(name)}(self{', *, ' + ', '.join(parts) if parts else ''}) -> {result}:"
    if len(head) > 120:
        head = "\n".join(
            [f"    def {snake(name)}(", "        self,", "        *,"]
            + [f"        {part}," for part in parts]
            + [f"    ) -> {result}:"]
        )
    members = [f"{quoted(one)}: {python_name(one)}" for one, _, _ in params]
    line = f"        {body.format(given='given({' + ', '.join(members) + '})')}"
    if len(line) > 120:
        rows = "".join(f"                {one},\n" for one in members)
        inner = "given(\n            {\n" + rows + "            }\n        )"
        line = f"        {body.format(given=inner)}"
    return [head, f"        {docstring(doc)}", line, ""]


def quoted(value: Any) -> str:
    """A literal, with the quotation marks of this house."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def optional(kind: str) -> str:
    return kind if kind == "Any" else f"{kind} | EllipsisType"


def python_name(name: str) -> str:
    return name + "_" if keyword.iskeyword(name) else name


HEAD = '''"""Written by generate.py from the host's OpenRPC document. Changes go there."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, Literal, NotRequired, TypedDict, Union
'''


def api(document: dict[str, Any]) -> str:
    version = quoted(document["info"]["x-protocolVersion"])
    lines = [HEAD, "from .connection import Connection", "", f"VERSION = {version}", "", ""]
    for name, schema in document["components"]["schemas"].items():
        lines += typed_dict(name, schema)
    for told in document["x-notifications"]:
        name = "".join(word[0].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", told["name"]) if word)
        properties = {one["name"]: one["schema"] for one in told["params"]}
        required = [one["name"] for one in told["params"] if one.get("required")]
        schema = {"properties": properties, "required": required, "description": f"{told['name']}: {told['summary']}"}
        lines += typed_dict(name, schema)
    lines += [
        "def given(params: dict[str, Any]) -> dict[str, Any]:",
        '    """The params that were given; `...` is none."""',
        "    return {name: value for name, value in params.items() if value is not ...}",
        "",
        "",
        "class Api:",
        '    """The methods of the host."""',
        "",
        "    def __init__(self, connection: Connection) -> None:",
        "        self.connection = connection",
        "",
    ]
    for method in document["methods"]:
        if method["name"].startswith("$") or method["name"].startswith("clock/"):
            continue
        params = [(one["name"], one["schema"], bool(one.get("required"))) for one in method["params"]]
        name, doc = method["name"], method["summary"]
        if "result" in method:
            kind = hint(method["result"]["schema"])
            lines += function(name, params, kind, doc, f"return self.connection.call({quoted(name)}, {{given}})")
        else:
            lines += function(name, params, "None", doc, f"self.connection.notify({quoted(name)}, {{given}})")
    return "\n".join(lines).rstrip() + "\n"


def commands(document: dict[str, Any]) -> str:
    lines = [HEAD, "from esh_client.api import Api, Outcome, given", "", "", "class Commands:"]
    lines += ['    """The commands of the host\'s plugins."""', "", "    def __init__(self, api: Api) -> None:"]
    lines += ["        self.api = api", ""]
    for command in document["x-commands"]:
        schema = command["params"]
        required = schema.get("required", [])
        params = [(name, one, name in required) for name, one in schema.get("properties", {}).items()]
        body = f"return self.api.command_execute(command={quoted(command['name'])}, arguments={{given}})"
        lines += function(command["name"], params, "Outcome", command["title"], body)
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", help="the OpenRPC document; '-' for standard input")
    parser.add_argument("--api", metavar="FILE", help="write the host's methods there")
    parser.add_argument("--commands", metavar="FILE", help="write the plugins' commands there")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a file is not what it would be")
    options = parser.parse_args()
    with sys.stdin if options.document == "-" else open(options.document, encoding="utf-8") as file:
        document = json.load(file)
    status = 0
    for path, write in ((options.api, api), (options.commands, commands)):
        if path is None:
            continue
        text = write(document)
        if options.check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    print(f"{path} is not what the document says; run generate.py", file=sys.stderr)
                    status = 1
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
