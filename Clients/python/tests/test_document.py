"""The host's OpenRPC document: its shape, its schemas, and each of its examples, called for real.

ESH_SOCKET is the socket of a host that runs; its account admin has the password secret. Needs python3-jsonschema.
"""

from __future__ import annotations

import os
import sys
import unittest
from typing import Any

from jsonschema import Draft7Validator, RefResolver

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from esh_client import Connection, ConnectionEnded  # noqa: E402


def text() -> dict[str, Any]:
    return {"type": "string", "minLength": 1}


def shape(required: list[str], /, **members: Any) -> dict[str, Any]:
    """An object of the standard: its members, and extensions whose names begin with `x-`."""
    return {
        "type": "object",
        "required": required,
        "properties": members,
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


def reference(section: str) -> dict[str, Any]:
    pattern = f"^#/components/{section}/[^/]+$"
    return {
        "type": "object",
        "required": ["$ref"],
        "properties": {"$ref": {"pattern": pattern}},
        "additionalProperties": False,
    }


def listed(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


#: What OpenRPC 1.4 says of a document, as far as ours uses it: https://spec.open-rpc.org, read 2026-11.
EXAMPLE = shape(["name", "value"], name=text(), value={}, summary=text(), description=text())
DESCRIPTOR = shape(
    ["name", "schema"], name=text(), schema={"type": "object"}, required={"type": "boolean"}, summary=text(),
    description=text(), deprecated={"type": "boolean"},
)
ERROR = shape(["code", "message"], code={"type": "integer"}, message=text(), data={})
PAIRING = shape(
    ["name", "params"], name=text(), description=text(), params=listed(EXAMPLE), result=EXAMPLE
)
METHOD = shape(
    ["name", "params"], name=text(), summary=text(), description=text(),
    paramStructure={"enum": ["by-name", "by-position", "either"]}, params=listed(DESCRIPTOR), result=DESCRIPTOR,
    errors=listed({"anyOf": [ERROR, reference("errors")]}), examples=listed(PAIRING), deprecated={"type": "boolean"},
)
DOCUMENT = shape(
    ["openrpc", "info", "methods"], openrpc={"type": "string", "pattern": r"^1\.4\.\d+$"},
    info=shape(["title", "version"], title=text(), version=text(), description=text()), methods=listed(METHOD),
    components={
        "type": "object",
        "properties": {
            "schemas": {"type": "object", "additionalProperties": {"type": "object"}},
            "errors": {"type": "object", "additionalProperties": ERROR},
        },
        "additionalProperties": False,
    },
)

#: Without an example: what they need cannot be named without knowing a plugin.
NO_EXAMPLE = {"window/set", "window/press", "window/edit", "initialized", "exit", "rpc.discover"}


class DocumentTests(unittest.TestCase):
    document: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        with cls.connect("administrator") as connection:
            cls.document = connection.call("rpc.discover", {})

    @staticmethod
    def connect(access: str) -> Connection:
        """A connection that has come as far as a method of that access needs."""
        connection = Connection.unix(os.environ["ESH_SOCKET"])
        if access != "beforeInitialize":
            connection.call("initialize", {"clientInfo": {"name": "document"}, "locale": "en"})
        if access in ("signedIn", "administrator"):
            connection.call("session/login", {"login": "admin", "password": "secret"})
        return connection

    def methods(self) -> list[dict[str, Any]]:
        return self.document["methods"]

    def check(self, value: Any, schema: dict[str, Any], place: str) -> None:
        resolver = RefResolver("", self.document)
        for problem in Draft7Validator(schema, resolver=resolver).iter_errors(value):
            self.fail(f"{place}: {problem.json_path}: {problem.message}")

    def test_the_document_has_the_shape_of_the_standard(self) -> None:
        self.check(self.document, DOCUMENT, "document")
        names = [method["name"] for method in self.methods()]
        self.assertEqual(len(names), len(set(names)))
        for method in self.methods():
            needed = [bool(param.get("required")) for param in method["params"]]
            self.assertEqual(needed, sorted(needed, reverse=True), f"{method['name']}: required params come first")
            params = [param["name"] for param in method["params"]]
            self.assertEqual(len(params), len(set(params)), method["name"])
            self.assertTrue(method.get("summary"), method["name"])
            codes = [self.resolve(error["$ref"])["code"] for error in method.get("errors", [])]
            self.assertEqual(len(codes), len(set(codes)), method["name"])

    def resolve(self, reference: str) -> Any:
        with RefResolver("", self.document).resolving(reference) as found:
            return found

    def test_every_schema_is_one_and_every_reference_leads_somewhere(self) -> None:
        schemas = [schema for schema in self.document["components"]["schemas"].values()]
        for method in self.methods() + self.document["x-notifications"]:
            schemas += [param["schema"] for param in method["params"]]
            schemas += [method["result"]["schema"]] if "result" in method else []
        schemas += [command["params"] for command in self.document["x-commands"]]
        self.assertGreater(len(schemas), 100)
        for schema in schemas:
            Draft7Validator.check_schema(schema)
        pending: list[Any] = [self.document]
        while pending:
            one = pending.pop()
            if isinstance(one, dict):
                if isinstance(one.get("$ref"), str):
                    self.resolve(one["$ref"])
                pending += one.values()
            elif isinstance(one, list):
                pending += one

    def test_every_method_has_an_example_and_each_says_what_comes_of_it(self) -> None:
        for method in self.methods():
            name = method["name"]
            examples = method.get("examples", [])
            self.assertEqual(not examples, name in NO_EXAMPLE, name)
            for example in examples:
                with self.subTest(f"{name}: {example['name']}"):
                    self.run_example(method, example)

    def run_example(self, method: dict[str, Any], example: dict[str, Any]) -> None:
        place = f"{method['name']}: {example['name']}"
        params = {param["name"]: param["value"] for param in example["params"]}
        schemas = {param["name"]: param["schema"] for param in method["params"]}
        for name, value in params.items():
            self.check(value, schemas[name], f"{place}: {name}")
        connection = self.connect(method["x-access"])
        try:
            for step in example.get("x-after", []):
                connection.call(step["method"], step["params"])
            if "result" not in method:
                connection.notify(method["name"], params)
                connection.call("ping", {})
                return
            self.assertIn("result", example, place)
            expected = example["result"]["value"]
            self.check(expected, method["result"]["schema"], f"{place}: its own result")
            result = connection.call(method["name"], params)
            self.check(result, method["result"]["schema"], place)
            if not example.get("x-shape"):
                self.assertEqual(result, expected, place)
        finally:
            connection.close()

    def test_commands_are_those_that_the_session_may_run(self) -> None:
        names = {command["name"] for command in self.document["x-commands"]}
        with self.connect("administrator") as connection:
            self.assertEqual(names, {command["id"] for command in connection.call("command/list", {})})
        self.assertIn("school.setPassword", names)
        with self.connect("beforeInitialize") as connection:
            stranger = connection.call("rpc.discover", {})
        self.assertNotIn("school.setPassword", {command["name"] for command in stranger["x-commands"]})
        desktop = next(method for method in stranger["methods"] if method["name"] == "desktop/get")
        self.assertNotIn("examples", desktop)

    def test_answers_fit_their_schemas_beyond_the_examples(self) -> None:
        """The shapes of windows and pages, of everything that the Start menu opens."""
        desktop = self.connect("administrator")
        try:
            opened = 0
            paths: list[list[str]] = []

            def walk(nodes: list[dict[str, Any]], path: list[str]) -> None:
                for node in nodes:
                    if "children" in node:
                        walk(node["children"], path + [node["title"]])
                    else:
                        paths.append(path + [node["title"]])

            walk(desktop.call("desktop/get", {})["startMenu"], [])
            for path in paths:
                outcome = desktop.call("startMenu/open", {"path": path})
                self.check(outcome, {"$ref": "#/components/schemas/Outcome"}, str(path))
                for effect in outcome["effects"]:
                    if effect["type"] != "openWindow":
                        continue
                    opened += 1
                    window = effect["window"]
                    for table in window["tables"]:
                        page = desktop.call("table/query", {"window": window["id"], "table": table["id"], "limit": 5})
                        self.check(page, {"$ref": "#/components/schemas/Page"}, f"{path}: {table['id']}")
            self.assertGreater(opened, 5)
            whole = desktop.call("desktop/get", {})
            self.check(whole, {"$ref": "#/components/schemas/Desktop"}, "desktop")
        except ConnectionEnded:
            self.fail("the host ended the connection")
        finally:
            desktop.close()


if __name__ == "__main__":
    unittest.main()
