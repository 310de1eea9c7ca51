"""The client against a host that runs: ESH_SOCKET is its socket; its account admin has the password secret."""

from __future__ import annotations

import os
import sys
import typing
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

import esh_client.api as api_module  # noqa: E402
from esh_client import Api, Connection, EshError  # noqa: E402


class ClientTests(unittest.TestCase):
    def setUp(self) -> None:
        self.connection = Connection.unix(os.environ["ESH_SOCKET"])
        self.addCleanup(self.connection.close)
        self.api = Api(self.connection)
        self.api.initialize(clientInfo={"name": "python"}, locale="en")

    def sign_in(self) -> None:
        signed = self.api.session_login(login="admin", password="secret")
        self.assertEqual(signed["user"]["login"], "admin")

    def test_a_refusal_is_an_error_with_its_kind(self) -> None:
        with self.assertRaises(EshError) as refused:
            self.api.desktop_get()
        self.assertEqual((refused.exception.code, refused.exception.kind), (-32001, "session.required"))
        with self.assertRaises(EshError) as refused:
            self.api.session_login(login="admin", password=7)  # type: ignore[arg-type]
        self.assertEqual(refused.exception.data["issues"][0]["path"], "/password")

    def test_windows_tables_and_pages(self) -> None:
        self.sign_in()
        registry = self.api.registry_list()[0]
        outcome = self.api.command_execute(command="shell.openRegistry", arguments={"registry": registry["id"]})
        window = next(one["window"] for one in outcome["effects"] if one["type"] == "openWindow")
        self.assertEqual(window["title"], registry["title"])
        text = self.api.window_render(window=window["id"], width=60)["text"]
        self.assertIn(registry["title"], text)
        first = self.api.registry_query(registry="pupils", limit=2)
        self.assertEqual(len(first["rows"]), 2)
        second = self.api.registry_query(registry="pupils", limit=2, after=first["next"])
        self.assertNotEqual(first["rows"][0]["id"], second["rows"][0]["id"])
        self.assertEqual(self.api.window_close(window=window["id"])["effects"][0]["type"], "closeWindow")

    def test_what_the_host_tells_waits_for_whoever_asks(self) -> None:
        self.sign_in()
        plugin = self.api.plugin_list()[0]["id"]
        self.assertIsNone(self.connection.wait("no/such", seconds=0))
        self.api.plugin_disable(plugin=plugin)
        wanted = {"plugin": plugin, "state": "disabled"}
        # What is being loaded just now is told as well.
        told = self.connection.wait("plugin/didChange", seconds=30)
        while told is not None and told != wanted:
            told = self.connection.wait("plugin/didChange", seconds=30)
        self.api.plugin_enable(plugin=plugin)
        self.assertEqual(told, wanted)

    def test_every_type_and_signature_can_be_read(self) -> None:
        for name, one in vars(api_module).items():
            if typing.is_typeddict(one):
                typing.get_type_hints(one)
        for name, one in vars(Api).items():
            if callable(one) and not name.startswith("__"):
                self.assertIn("return", typing.get_type_hints(one, vars(api_module)), name)
        hints = typing.get_type_hints(Api.window_get, vars(api_module))
        self.assertIs(hints["return"], api_module.Window)


if __name__ == "__main__":
    unittest.main()
