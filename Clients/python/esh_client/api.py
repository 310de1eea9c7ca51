"""Written by generate.py from the host's OpenRPC document. Changes go there."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, Literal, NotRequired, TypedDict, Union

from .connection import Connection

VERSION = "1.0"


class Organization(TypedDict):
    id: NotRequired[str]
    name: NotRequired[str]
    timeZone: NotRequired[str]


class User(TypedDict):
    id: str
    login: str
    displayName: str
    roles: list[str]
    organization: Organization


class SignedIn(TypedDict):
    user: User
    desktop: Desktop


class Desktop(TypedDict):
    revision: int
    shortcuts: list[Item]
    startMenu: list[Node]
    windows: list[Window]


class Item(TypedDict):
    id: str
    title: str
    icon: NotRequired[str]
    badge: NotRequired[int]
    command: str
    arguments: NotRequired[dict[str, Any]]


class Node1(TypedDict):
    id: str
    title: str
    children: list[Node]


Node = Union["Node1", "Item"]


class Registry(TypedDict):
    id: str
    title: str
    tabs: list[dict[str, Any]]


class Command(TypedDict):
    id: str
    title: str
    enabled: bool
    params: dict[str, Any]


class Plugin(TypedDict):
    id: str
    version: str
    state: Literal["discovered", "resolved", "active", "failed", "disabled"]
    calls: NotRequired[int]
    failures: NotRequired[int]
    process: NotRequired[int]
    walls: NotRequired[list[Literal["calls", "files"]]]
    generation: NotRequired[int]
    crashes: NotRequired[int]
    lastCrash: NotRequired[str]


class Health(TypedDict):
    status: Literal["ok", "degraded", "failed"]
    uptimeSeconds: int
    plugins: list[dict[str, Any]]
    queue: dict[str, Any]
    store: dict[str, Any]


class Metrics(TypedDict):
    counters: dict[str, Any]
    methods: dict[str, Any]


class Window(TypedDict):
    id: str
    type: str
    kind: Literal["registry", "form", "picker", "dialog"]
    title: str
    revision: int
    modal: bool
    level: NotRequired[Literal["info", "warning", "error", "system"]]
    text: NotRequired[str]
    fields: list[Field]
    tabs: list[Tab]
    tables: list[Table]
    buttons: list[Button]


class Field(TypedDict):
    id: str
    label: str
    type: Literal["text", "phone", "select", "reference", "date", "time", "checkbox", "number", "label", "password"]
    value: Any
    display: NotRequired[str]
    enabled: bool
    visible: bool
    required: bool
    options: NotRequired[list[dict[str, Any]]]
    error: NotRequired[str]
    hint: NotRequired[str]
    tab: NotRequired[str]


class Tab(TypedDict):
    id: str
    title: str
    visible: bool
    selected: bool


class Button(TypedDict):
    id: str
    label: str
    enabled: bool
    visible: bool
    why: NotRequired[str]
    style: Literal["primary", "default", "danger"]
    tab: NotRequired[str]
    table: NotRequired[str]
    row: NotRequired[bool]


class Table(TypedDict):
    id: str
    title: NotRequired[str]
    tab: NotRequired[str]
    columns: list[Column]
    selection: Literal["none", "single", "multiple"]
    selected: list[str]
    revision: int
    total: int


class Column(TypedDict):
    id: str
    title: str
    type: Literal["text", "number", "boolean", "date", "time", "link"]
    sortable: bool
    editable: bool
    emphasis: NotRequired[str]
    button: NotRequired[str]


class Row(TypedDict):
    id: str
    cells: dict[str, Any]
    actions: NotRequired[list[str]]
    locked: NotRequired[list[str]]
    emphasis: NotRequired[str]


class Page(TypedDict):
    columns: list[Column]
    rows: list[Row]
    total: int
    next: str | None


class Outcome(TypedDict):
    result: NotRequired[Any]
    effects: list[Effect]


class EffectOpenWindow(TypedDict):
    window: Window
    type: Literal["openWindow"]


class EffectUpdateWindow(TypedDict):
    id: str
    revision: int
    changed: WindowChange
    type: Literal["updateWindow"]


class EffectCloseWindow(TypedDict):
    id: str
    type: Literal["closeWindow"]


class EffectOpenURL(TypedDict):
    url: str
    type: Literal["openURL"]


class EffectRefresh(TypedDict):
    registry: str
    tab: NotRequired[str]
    type: Literal["refresh"]


Effect = Union["EffectOpenWindow", "EffectUpdateWindow", "EffectCloseWindow", "EffectOpenURL", "EffectRefresh"]


class WindowChange(TypedDict):
    """Each element whole, matched by its id; new ids are added, `removed` names those that went."""

    title: NotRequired[str]
    text: NotRequired[str]
    level: NotRequired[Literal["info", "warning", "error", "system"]]
    fields: NotRequired[list[Field]]
    tabs: NotRequired[list[Tab]]
    tables: NotRequired[list[Table]]
    buttons: NotRequired[list[Button]]
    removed: NotRequired[dict[str, Any]]


class Progress(TypedDict):
    """$/progress: How far a request with a progressToken is"""

    token: str | int
    value: Any


class DesktopDidChange(TypedDict):
    """desktop/didChange: The desktop changed"""

    revision: NotRequired[int]
    changed: NotRequired[list[str]]


class PluginDidChange(TypedDict):
    """plugin/didChange: A plugin's state changed"""

    plugin: NotRequired[str]
    state: NotRequired[str]


class RegistryDidChange(TypedDict):
    """registry/didChange: Rows of a registry changed"""

    registry: NotRequired[str]
    tab: NotRequired[str]
    revision: NotRequired[int]


class SessionDidEnd(TypedDict):
    """session/didEnd: The session ended"""

    reason: NotRequired[str]


class WindowDidChange(TypedDict):
    """window/didChange: A window changed"""

    window: NotRequired[str]
    revision: NotRequired[int]
    changed: NotRequired[WindowChange]


def given(params: dict[str, Any]) -> dict[str, Any]:
    """The params that were given; `...` is none."""
    return {name: value for name, value in params.items() if value is not ...}


class Api:
    """The methods of the host."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def command_execute(self, *, command: str, arguments: dict[str, Any] | EllipsisType = ...) -> Outcome:
        """Runs a command"""
        return self.connection.call("command/execute", given({"command": command, "arguments": arguments}))

    def command_list(self) -> list[Command]:
        """The commands that the user may run"""
        return self.connection.call("command/list", given({}))

    def desktop_get(self) -> Desktop:
        """The desktop: shortcuts, Start menu, windows"""
        return self.connection.call("desktop/get", given({}))

    def exit(self) -> None:
        """Ends the connection, on stdio also the process"""
        self.connection.notify("exit", given({}))

    def health_get(self) -> Health:
        """How the host is"""
        return self.connection.call("health/get", given({}))

    def initialize(
        self,
        *,
        clientInfo: dict[str, Any],
        locale: str | None | EllipsisType = ...,
        capabilities: dict[str, Any] | None | EllipsisType = ...,
    ) -> dict[str, Any]:
        """Opens the conversation; everything else comes after it"""
        return self.connection.call("initialize", given(
            {
                "clientInfo": clientInfo,
                "locale": locale,
                "capabilities": capabilities,
            }
        ))

    def initialized(self) -> None:
        """The client has the answer to initialize"""
        self.connection.notify("initialized", given({}))

    def metrics_get(self) -> Metrics:
        """Counters and latencies"""
        return self.connection.call("metrics/get", given({}))

    def ping(self) -> dict[str, Any]:
        """Answers at once"""
        return self.connection.call("ping", given({}))

    def plugin_disable(self, *, plugin: str) -> dict[str, Any]:
        """Switches a plugin off"""
        return self.connection.call("plugin/disable", given({"plugin": plugin}))

    def plugin_enable(self, *, plugin: str) -> dict[str, Any]:
        """Switches a plugin on"""
        return self.connection.call("plugin/enable", given({"plugin": plugin}))

    def plugin_list(self) -> list[Plugin]:
        """The plugins and how they are"""
        return self.connection.call("plugin/list", given({}))

    def plugin_reload(self, *, plugin: str) -> dict[str, Any]:
        """Puts a plugin's changed library in its place"""
        return self.connection.call("plugin/reload", given({"plugin": plugin}))

    def registry_list(self) -> list[Registry]:
        """The registries that the user may open"""
        return self.connection.call("registry/list", given({}))

    def registry_query(
        self,
        *,
        registry: str,
        tab: str | EllipsisType = ...,
        search: str | EllipsisType = ...,
        filter: dict[str, Any] | EllipsisType = ...,
        sort: list[dict[str, Any]] | EllipsisType = ...,
        after: str | None | EllipsisType = ...,
        limit: int | EllipsisType = ...,
    ) -> Page:
        """Rows of a registry, with no window"""
        return self.connection.call("registry/query", given(
            {
                "registry": registry,
                "tab": tab,
                "search": search,
                "filter": filter,
                "sort": sort,
                "after": after,
                "limit": limit,
            }
        ))

    def registry_subscribe(self, *, registry: str, tab: str | EllipsisType = ...) -> dict[str, Any]:
        """Tells of a registry's changes"""
        return self.connection.call("registry/subscribe", given({"registry": registry, "tab": tab}))

    def registry_unsubscribe(self, *, subscription: str) -> dict[str, Any]:
        """Ends a subscription"""
        return self.connection.call("registry/unsubscribe", given({"subscription": subscription}))

    def rpc_discover(self) -> dict[str, Any]:
        """The OpenRPC document of this host"""
        return self.connection.call("rpc.discover", given({}))

    def session_claim(self) -> SignedIn:
        """Signs the owner of the data folder in (the same OS user), with an administrator's rights"""
        return self.connection.call("session/claim", given({}))

    def session_get(self) -> dict[str, Any] | None:
        """Who is signed in; null for nobody"""
        return self.connection.call("session/get", given({}))

    def session_login(self, *, login: str, password: str) -> SignedIn:
        """Signs in with login and password"""
        return self.connection.call("session/login", given({"login": login, "password": password}))

    def session_logout(self) -> dict[str, Any]:
        """Signs out"""
        return self.connection.call("session/logout", given({}))

    def shortcut_open(self, *, id: str) -> Outcome:
        """Opens a shortcut"""
        return self.connection.call("shortcut/open", given({"id": id}))

    def shutdown(self) -> dict[str, Any]:
        """Takes no more requests and answers once all others are done"""
        return self.connection.call("shutdown", given({}))

    def start_menu_open(self, *, path: list[str]) -> Outcome:
        """Opens an item of the Start menu"""
        return self.connection.call("startMenu/open", given({"path": path}))

    def table_query(
        self,
        *,
        window: str,
        table: str,
        search: str | EllipsisType = ...,
        filter: dict[str, Any] | EllipsisType = ...,
        sort: list[dict[str, Any]] | EllipsisType = ...,
        after: str | None | EllipsisType = ...,
        limit: int | EllipsisType = ...,
    ) -> Page:
        """Rows of a window's table"""
        return self.connection.call("table/query", given(
            {
                "window": window,
                "table": table,
                "search": search,
                "filter": filter,
                "sort": sort,
                "after": after,
                "limit": limit,
            }
        ))

    def window_close(self, *, window: str) -> Outcome:
        """Closes a window"""
        return self.connection.call("window/close", given({"window": window}))

    def window_edit(self, *, window: str, table: str, row: str, values: dict[str, Any]) -> Outcome:
        """Edits cells of a row"""
        return self.connection.call("window/edit", given(
            {
                "window": window,
                "table": table,
                "row": row,
                "values": values,
            }
        ))

    def window_get(self, *, window: str) -> Window:
        """The whole window"""
        return self.connection.call("window/get", given({"window": window}))

    def window_press(self, *, window: str, button: str, row: str | EllipsisType = ...) -> Outcome:
        """Presses a button"""
        return self.connection.call("window/press", given({"window": window, "button": button, "row": row}))

    def window_render(self, *, window: str, width: int | EllipsisType = ...) -> dict[str, Any]:
        """The window as plain text"""
        return self.connection.call("window/render", given({"window": window, "width": width}))

    def window_select(
        self,
        *,
        window: str,
        tab: str | EllipsisType = ...,
        table: str | EllipsisType = ...,
        rows: list[str] | EllipsisType = ...,
    ) -> Outcome:
        """Selects a tab or rows"""
        return self.connection.call("window/select", given(
            {
                "window": window,
                "tab": tab,
                "table": table,
                "rows": rows,
            }
        ))

    def window_set(self, *, window: str, values: dict[str, Any]) -> Outcome:
        """Fills in fields"""
        return self.connection.call("window/set", given({"window": window, "values": values}))
