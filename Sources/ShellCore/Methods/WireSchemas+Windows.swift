import Jansson

extension WireSchemas {
  /// A window and its elements.
  static var windows: [(String, JSONValue)] {
    [
      (
        "Window",
        object(
          [
            "id": text, "type": text, "kind": choice("registry", "form", "picker", "dialog"), "title": text,
            "revision": whole, "modal": flag, "level": level, "text": text, "fields": list(of: "Field"),
            "tabs": list(of: "Tab"), "tables": list(of: "Table"), "buttons": list(of: "Button"),
          ],
          required: ["id", "type", "kind", "title", "revision", "modal", "fields", "tabs", "tables", "buttons"])
      ),
      (
        "Field",
        object(
          [
            "id": text, "label": text,
            "type": choice(
              "text", "phone", "select", "reference", "date", "time", "checkbox", "number", "label", "password"),
            "value": [:], "display": text, "enabled": flag, "visible": flag, "required": flag,
            "options": [
              "type": "array", "items": object(["value": [:], "title": text], required: ["value", "title"]),
            ],
            "error": text, "hint": text, "tab": text,
          ], required: ["id", "label", "type", "value", "enabled", "visible", "required"])
      ),
      (
        "Tab",
        object(
          ["id": text, "title": text, "visible": flag, "selected": flag],
          required: ["id", "title", "visible", "selected"])
      ),
      (
        "Button",
        object(
          [
            "id": text, "label": text, "enabled": flag, "visible": flag, "why": text,
            "style": choice("primary", "default", "danger"), "tab": text, "table": text, "row": flag,
          ], required: ["id", "label", "enabled", "visible", "style"])
      ),
    ]
  }

  static var level: JSONValue { choice("info", "warning", "error", "system") }

  /// Tables: their heads, and pages of their rows.
  static var tables: [(String, JSONValue)] {
    [
      (
        "Table",
        object(
          [
            "id": text, "title": text, "tab": text, "columns": list(of: "Column"),
            "selection": choice("none", "single", "multiple"), "selected": texts, "revision": whole, "total": whole,
          ], required: ["id", "columns", "selection", "selected", "revision", "total"])
      ),
      (
        "Column",
        object(
          [
            "id": text, "title": text, "type": choice("text", "number", "boolean", "date", "time", "link"),
            "sortable": flag, "editable": flag, "emphasis": text, "button": text,
          ], required: ["id", "title", "type", "sortable", "editable"])
      ),
      (
        "Row",
        object(
          ["id": text, "cells": ["type": "object"], "actions": texts, "locked": texts, "emphasis": text],
          required: ["id", "cells"])
      ),
      (
        "Page",
        object(
          [
            "columns": list(of: "Column"), "rows": list(of: "Row"), "total": whole,
            "next": ["type": ["string", "null"]],
          ], required: ["columns", "rows", "total", "next"])
      ),
    ]
  }

  /// What a command did: effects in the order in which a client applies them.
  static var outcomes: [(String, JSONValue)] {
    [
      ("Outcome", object(["result": [:], "effects": list(of: "Effect")], required: ["effects"])),
      (
        "Effect",
        [
          "description": "A client passes over a type that it does not know.",
          "anyOf": [
            effect("openWindow", ["window": ref("Window")], ["window"]),
            effect(
              "updateWindow", ["id": text, "revision": whole, "changed": ref("WindowChange")],
              ["id", "revision", "changed"]),
            effect("closeWindow", ["id": text], ["id"]), effect("openURL", ["url": text], ["url"]),
            effect("refresh", ["registry": text, "tab": text], ["registry"]),
          ],
        ]
      ),
      (
        "WindowChange",
        [
          "type": "object",
          "description": "Each element whole, matched by its id; new ids are added, `removed` names those that went.",
          "properties": [
            "title": text, "text": text, "level": level, "fields": list(of: "Field"), "tabs": list(of: "Tab"),
            "tables": list(of: "Table"), "buttons": list(of: "Button"),
            "removed": object(["fields": texts, "tabs": texts, "tables": texts, "buttons": texts]),
          ],
        ]
      ),
    ]
  }

  private static func effect(_ type: String, _ members: JSONValue, _ required: [String]) -> JSONValue {
    object(members.setting("type", ["const": JSONValue(type)]), required: ["type"] + required)
  }
}
