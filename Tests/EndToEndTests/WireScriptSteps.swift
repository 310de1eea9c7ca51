/// The script of calls that every transport, framing and delivery must answer alike.
enum WireScripts {
  /// The clock of its host, which stands still.
  static let clock = "manual:2026-09-01T08:00:00+03:00"

  static func whole(teacher: String) -> [ScriptStep] {
    beforeSignIn + signIn(teacher) + desktop + binding + registries + commands + otherShapes + end
  }

  private static let beforeSignIn = [
    ScriptStep("ping", "{}", #"{"result": {}}"#),
    ScriptStep("desktop/get", "{}", #"{"error": {"code": -32002, "message": "*", "data": {"kind": "*"}}}"#),
    ScriptStep(
      "initialize", #"{"clientInfo": {"name": "script"}, "locale": "ru", "processId": 1}"#,
      #"""
      {"result": {"serverInfo": {"name": "esh", "version": "*"}, "protocolVersion": "1.0", "locale": "ru",
       "capabilities": "*", "limits": {"messageBytes": 16777216, "nesting": 128, "batch": 64, "inFlight": 64,
       "queued": 256, "outgoingBytes": 33554432, "connections": 1024}}}
      """#),
    ScriptStep("initialize", #"{"clientInfo": {"name": "script"}}"#, #"{"error": {"code": -32600}}"#),
    ScriptStep("session/get", "{}", #"{"result": null}"#),
    ScriptStep("desktop/get", "{}", #"{"error": {"code": -32001, "data": {"kind": "session.required"}}}"#),
    ScriptStep("clock/get", "{}", #"{"result": {"now": "*"}}"#),
    ScriptStep(
      "health/get", "{}", #"{"result": {"status": "*", "queue": {"pending": "*", "failed": 0}, "store": "*"}}"#),
  ]

  private static func signIn(_ login: String) -> [ScriptStep] {
    [
      ScriptStep(
        "session/login", #"{"login": "\#(login)", "password": "wrong"}"#,
        #"{"error": {"code": -32001, "data": {"kind": "session.invalid"}}}"#),
      ScriptStep(
        "session/login", #"{"login": "\#(login)", "password": "\#(SchoolFolder.password)"}"#,
        #"""
        {"result": {"user": {"id": "*", "login": "\#(login)", "displayName": "*", "roles": ["employee"],
         "organization": {"id": "*", "name": "*", "timeZone": "Europe/Moscow"}},
         "desktop": {"revision": "*", "shortcuts": [{"title": "Привязать аккаунт к Сферум"}], "windows": []}}}
        """#),
      ScriptStep("session/get", "{}", #"{"result": {"user": {"login": "\#(login)"}}}"#),
    ]
  }

  private static let desktop = [
    ScriptStep(
      "desktop/get", "{}",
      #"{"result": {"startMenu": [{"title": "Реестры", "children": [{"title": "Сферум"}, {"title": "Сотрудники"}]}]}}"#),
    ScriptStep("desktop/get", "[]", #"{"result": {"windows": []}}"#),
    ScriptStep("desktop/get", "null", #"{"result": {"windows": []}}"#),
    ScriptStep("desktop/get", "[1]", #"{"error": {"code": -32602}}"#),
    ScriptStep(
      "desktop/get", #"{"extra": 1}"#, #"{"error": {"code": -32602, "data": {"issues": [{"path": "/extra"}]}}}"#),
    ScriptStep(
      "startMenu/open", #"{"path": ["Реестры", "Сферум", "Чаты"]}"#,
      #"{"result": {"effects": [{"type": "openWindow", "window": {"kind": "registry", "title": "Сферум"}}]}}"#),
    ScriptStep("startMenu/open", #"{"path": ["Реестры", "Нет такого"]}"#, #"{"error": {"code": -32004}}"#),
  ]

  private static let binding = [
    ScriptStep(
      "shortcut/open", #"{"id": "Привязать аккаунт к Сферум"}"#,
      #"""
      {"result": {"effects": [{"type": "openWindow", "window": {"kind": "form", "title": "Авторизация в Сферум",
       "fields": [{"label": "Номер телефона", "type": "phone"}], "buttons": [{"label": "Привязать учебный аккаунт Сферум"}]}}]}}
      """#,
      keeping: [
        "form": "result/effects/0/window/id", "bind": "result/effects/0/window/buttons/0/id",
        "cancel": "result/effects/0/window/buttons/1/id",
      ]),
    ScriptStep(
      "window/set", #"{"window": "$form", "values": {"phone": "812 345"}}"#,
      #"{"result": {"effects": [{"type": "updateWindow", "changed": {"fields": [{"value": "812 345"}]}}]}}"#),
    ScriptStep("window/set", #"{"window": "$form", "values": {"nothing": 1}}"#, #"{"error": {"code": -32602}}"#),
    ScriptStep(
      "window/press", #"{"window": "$form", "button": "$bind"}"#,
      #"""
      {"result": {"effects": [{"type": "updateWindow", "changed": {"fields": [{"value": "812 345", "error": "*"}]}},
       {"type": "openWindow", "window": {"kind": "dialog", "level": "system",
       "text": "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX"}}]}}
      """#,
      keeping: ["dialog": "result/effects/1/window/id"]),
    ScriptStep("window/render", #"{"window": "$form", "width": 60}"#, #"{"result": {"text": "*"}}"#),
    ScriptStep("window/close", #"{"window": "$dialog"}"#, #"{"result": {"effects": [{"type": "closeWindow"}]}}"#),
    ScriptStep(
      "window/press", #"{"window": "$form", "button": "$cancel"}"#,
      #"{"result": {"effects": [{"type": "closeWindow"}]}}"#),
    ScriptStep(
      "window/get", #"{"window": "$form"}"#, #"{"error": {"code": -32004, "data": {"what": "window", "id": "*"}}}"#),
  ]

  private static let registries = [
    ScriptStep("registry/list", "{}", #"{"result": [{"id": "*", "title": "*", "tabs": [{"id": "*", "title": "*"}]}]}"#),
    ScriptStep(
      "registry/query", #"{"registry": "pupils", "limit": 20}"#,
      #"{"result": {"columns": [{"id": "name", "title": "ФИО"}], "rows": [{"id": "*", "cells": {"name": "*"}}], "total": 60, "next": "*"}}"#,
      keeping: ["cursor": "result/next", "pupil": "result/rows/0/cells/name"]),
    ScriptStep(
      "registry/query", #"{"registry": "pupils", "limit": 20, "after": "$cursor"}"#,
      #"{"result": {"total": 60, "next": "*"}}"#, keeping: ["cursor": "result/next"]),
    ScriptStep(
      "registry/query", #"{"registry": "pupils", "limit": 20, "after": "$cursor"}"#,
      #"{"result": {"total": 60, "next": null}}"#),
    ScriptStep(
      "registry/query", #"{"registry": "pupils", "search": "$pupil"}"#,
      #"{"result": {"rows": [{"cells": {"name": "*"}}], "next": null}}"#),
    ScriptStep(
      "registry/query",
      #"{"registry": "pupils", "filter": {"class": "5А"}, "sort": [{"column": "name", "descending": true}]}"#,
      #"{"result": {"rows": [{"cells": {"class": "5А"}}], "next": null}}"#),
    ScriptStep(
      "registry/query", #"{"registry": "pupils", "limit": 501}"#,
      #"{"error": {"code": -32602, "data": {"issues": [{"path": "/limit"}]}}}"#),
    ScriptStep("registry/query", #"{"registry": "pupils", "after": "nonsense"}"#, #"{"error": {"code": -32602}}"#),
    ScriptStep(
      "registry/query", #"{"registry": "no-such"}"#,
      #"{"error": {"code": -32004, "data": {"what": "registry", "id": "no-such"}}}"#),
    ScriptStep(
      "startMenu/open", #"{"path": ["Реестры", "Ученики"]}"#,
      #"{"result": {"effects": [{"window": {"kind": "registry", "tables": [{"total": 60}]}}]}}"#,
      keeping: ["registry": "result/effects/0/window/id", "table": "result/effects/0/window/tables/0/id"]),
    ScriptStep(
      "table/query", #"{"window": "$registry", "table": "$table", "limit": 1}"#,
      #"{"result": {"rows": [{"id": "*"}], "total": 60}}"#, keeping: ["row": "result/rows/0/id"]),
    ScriptStep(
      "window/select", #"{"window": "$registry", "table": "$table", "rows": ["$row"]}"#,
      #"{"result": {"effects": [{"type": "updateWindow", "changed": {"tables": [{"selected": ["*"]}]}}]}}"#),
    ScriptStep(
      "registry/subscribe", #"{"registry": "pupils"}"#, #"{"result": {"subscription": "*"}}"#,
      keeping: ["subscription": "result/subscription"]),
    ScriptStep("registry/unsubscribe", #"{"subscription": "$subscription"}"#, #"{"result": {}}"#),
  ]

  private static let commands = [
    ScriptStep(
      "command/list", "{}", #"{"result": [{"id": "*", "title": "*", "enabled": true, "params": {"type": "object"}}]}"#),
    ScriptStep(
      "command/execute", #"{"command": "sferum.openAuthorization", "arguments": {}}"#,
      #"{"result": {"effects": [{"type": "openWindow"}]}}"#),
    ScriptStep(
      "command/execute", #"{"command": "sferum.bindAccount", "arguments": {"phone": "812 345"}}"#,
      #"{"error": {"code": -32602, "data": {"issues": [{"path": "/phone"}]}, "message": "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX"}}"#
    ),
    ScriptStep(
      "command/execute", #"{"command": "sferum.bindAccount", "arguments": {}}"#, #"{"error": {"code": -32602}}"#),
    ScriptStep(
      "command/execute", #"{"command": "no.such"}"#, #"{"error": {"code": -32004, "data": {"what": "command"}}}"#),
    ScriptStep(
      "plugin/list", "{}",
      #"{"result": [{"id": "*", "version": "*", "state": "*", "contributes": "*", "permissions": "*", "failures": 0}]}"#
    ),
    ScriptStep("plugin/disable", #"{"plugin": "school"}"#, #"{"error": {"code": -32003}}"#),
  ]

  private static let otherShapes = [
    ScriptStep(
      "rpc.discover", "{}", #"{"result": {"openrpc": "1.4.0", "info": "*", "methods": [{"name": "*", "params": []}]}}"#),
    ScriptStep("no/such", "{}", #"{"error": {"code": -32601}}"#),
  ]

  private static let end = [
    ScriptStep("session/logout", "{}", #"{"result": {}}"#),
    ScriptStep("session/get", "{}", #"{"result": null}"#),
    ScriptStep("window/get", #"{"window": "$registry"}"#, #"{"error": {"code": -32001}}"#),
    ScriptStep("shutdown", "{}", #"{"result": {}}"#),
    ScriptStep("ping", "{}", #"{"error": {"code": -32600}}"#),
  ]
}
