import Foundation
import Jansson

/// A plugin in C that no client has ever heard of, with a field of every type, rows as many as wanted, and work that
/// takes its time.
enum StrangePlugin {
  /// Options of a host that has it beside the product's own plugins.
  static func options(in folder: SchoolFolder, rows: Int) throws -> [String] {
    let libraries = try NativePlugin.libraries(in: folder, without: "libStrangePlugin.so", put: source(rows: rows))
    let manifests = "\(folder.path)/manifests"
    try FileManager.default.createDirectory(atPath: manifests, withIntermediateDirectories: true)
    _ = try folder.write(manifest, to: "manifests/strange.json")
    return ["--plugins", libraries, "--manifests", BuildProducts.manifests, "--manifests", manifests]
  }

  private static let manifest = """
    {"manifestVersion": 1, "id": "strange", "version": "1.0.0", "title": "Zorbs", "library": "libStrangePlugin.so",
     "abi": {"major": 1, "minor": 0},
     "contributes": {
      "registries": [{"id": "zorbs", "title": {"ru": "Зорбы", "en": "Zorbs"}, "access": "signedIn"}],
      "tabs": [{"registry": "zorbs", "id": "zorbs", "title": {"ru": "Зорбы", "en": "Zorbs"}, "table": "strange.rows",
        "selection": "multiple"}],
      "toolbar": [
        {"registry": "zorbs", "tab": "zorbs", "id": "zorb-form", "label": {"ru": "Осмотреть", "en": "Look"},
         "window": "strange.form"},
        {"registry": "zorbs", "tab": "zorbs", "id": "zorb-long", "label": {"ru": "Взвесить", "en": "Weigh"},
         "command": "strange.weigh", "enabledWhen": "selection.count > 0",
         "why": {"ru": "Выберите зорба", "en": "Select a zorb"}}],
      "windows": [{"type": "strange.form", "title": {"ru": "Зорб", "en": "Zorb"}, "access": "signedIn"}],
      "commands": [{"id": "strange.weigh", "title": {"ru": "Взвесить", "en": "Weigh"}, "access": "signedIn"}],
      "shortcuts": [{"id": "zorbs", "title": {"ru": "Все зорбы", "en": "All zorbs"}, "command": "shell.openRegistry",
        "arguments": {"registry": "zorbs"}}],
      "startMenu": [{"id": "outer", "title": {"ru": "Дальнее", "en": "Far away"}, "index": 200, "children": [
        {"id": "deeper", "title": {"ru": "Ещё дальше", "en": "Farther"}, "children": [
          {"id": "zorbs-item", "title": {"ru": "Зорбы", "en": "Zorbs"}, "registry": "zorbs"}]}]}]}}
    """

  private static func described(rows: Int) -> String {
    """
    {"migrations": [{"name": "rows", "sql": [
      "CREATE TABLE strange_rows (id TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, born TEXT NOT NULL)",
      "INSERT INTO strange_rows WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows)) \
    SELECT printf('z%07d', i), 'Зорб ' || i, i * 7919 % 1000003, date('2020-01-01', '+' || (i % 2000) || ' days') FROM n",
      "CREATE INDEX strange_rows_by_size ON strange_rows (size, id)"]}],
     "tables": {"strange.rows": {"from": "strange_rows", "key": "id", "sort": [{"column": "code"}], "columns": [
       {"id": "code", "title": {"ru": "Код", "en": "Code"}, "type": "text", "sql": "id", "sortable": true},
       {"id": "name", "title": {"ru": "Имя", "en": "Name"}, "type": "text"},
       {"id": "size", "title": {"ru": "Размер", "en": "Size"}, "type": "number", "sortable": true},
       {"id": "born", "title": {"ru": "Появился", "en": "Born"}, "type": "date"}]}},
     "commands": ["strange.weigh"], "windows": ["strange.form"]}
    """
  }

  private static let form = """
    {"kind": "form", "title": {"ru": "Зорб", "en": "Zorb"}, "text": "Прямо <b>с</b> планеты",
     "fields": [
      {"id": "name", "label": "Имя", "type": "text", "required": true, "notify": true},
      {"id": "kind", "label": "Вид", "type": "select", "value": "b", "options": [
        {"value": "a", "title": "Гладкий"}, {"value": "b", "title": "Пушистый"}]},
      {"id": "weight", "label": "Вес", "type": "number", "hint": "В зорбограммах"},
      {"id": "born", "label": "Появился", "type": "date"}, {"id": "wakes", "label": "Просыпается", "type": "time"},
      {"id": "call", "label": "Звать", "type": "phone"}, {"id": "tame", "label": "Ручной", "type": "checkbox"},
      {"id": "secret", "label": "Тайна", "type": "password"},
      {"id": "friend", "label": "Друг", "type": "reference", "picker": {"table": "strange.rows", "display": "name"}},
      {"id": "fixed", "label": "Планета", "type": "text", "value": "Зорбия", "enabled": false},
      {"id": "note", "label": "Примета", "type": "label", "value": "Не кусается", "tab": "more"}],
     "tabs": [{"id": "legs", "title": "Ноги"}, {"id": "more", "title": "Прочее"}],
     "tables": [{"id": "legs", "tab": "legs", "title": "Ноги по порядку", "selection": "single", "columns": [
        {"id": "leg", "title": "Нога", "type": "text", "editable": true},
        {"id": "left", "title": "Левая", "type": "boolean", "editable": true},
        {"id": "seen", "title": "Видели", "type": "link"}],
       "rows": [
        {"id": "1", "cells": {"leg": "Первая", "left": true, "seen": "https://example.org/leg"}, "actions": ["kick"]},
        {"id": "2", "cells": {"leg": "Вторая", "left": false, "seen": "javascript:alert(1)"},
         "locked": ["left"]}]}],
     "buttons": [
      {"id": "kick", "label": "Топнуть", "table": "legs", "tab": "legs", "row": true},
      {"id": "greet", "label": "Поздороваться", "style": "primary"},
      {"id": "flee", "label": "Убежать", "style": "danger", "enabled": false, "why": "Зорб держит вас за рукав"},
      {"id": "leave", "label": "Уйти", "close": true}]}
    """

  private static func source(rows: Int) -> String {
    """
    #define _DEFAULT_SOURCE
    #include <shell_plugin.h>
    #include <string.h>
    #include <unistd.h>
    static const shell_host *host;
    static int instance;
    static json_t *describe(const shell_plugin *p) { (void)p; return json_loads(\(literal(described(rows: rows))), 0, NULL); }
    static json_t *probe(const shell_plugin *p) { (void)p; return json_pack("{s:[s,{s:i}]}", "probe", "a", "b", 1); }
    static void *create(const shell_plugin *p, const shell_host *h, json_t **e) { (void)p; (void)e; host = h; return &instance; }
    static json_t *dialog(const char *text) {
      return json_pack("{s:[{s:s,s:s,s:s}]}", "effects", "type", "dialog", "level", "info", "text", text);
    }
    /* Work that tells how far it is. */
    static json_t *weigh(const shell_call *c) {
      for (int percent = 0; percent <= 100; percent += 25) {
        host->progress(host->context, c->call_id, json_pack("{s:s,s:i}", "message", "Взвешиваем", "percent", percent));
        usleep(200000);
      }
      return dialog("Взвешено");
    }
    /* A cell of the leg's row takes what was typed. */
    static json_t *changed(const shell_call *c) {
      const json_t *edit = json_object_get(c->params, "edit");
      if (!edit) return json_object();
      json_t *rows = json_deep_copy(json_object_get(
        json_array_get(json_object_get(json_object_get(c->params, "window"), "tables"), 0), "rows"));
      size_t at; json_t *row;
      json_array_foreach(rows, at, row)
        if (!strcmp(json_string_value(json_object_get(row, "id")), json_string_value(json_object_get(edit, "row"))))
          json_object_update(json_object_get(row, "cells"), json_object_get(edit, "values"));
      return json_pack("{s:{s:[{s:s,s:o}]}}", "patch", "tables", "id", "legs", "rows", rows);
    }
    static json_t *pressed(const shell_call *c) {
      const char *button = json_string_value(json_object_get(c->params, "button"));
      const char *row = json_string_value(json_object_get(c->params, "row"));
      if (!strcmp(button, "kick")) return dialog(row && !strcmp(row, "1") ? "Топнула первая" : "Топнула не та");
      return dialog("Здравствуйте");
    }
    static int call(void *self, const shell_call *c) {
      (void)self;
      json_t *answer = c->kind == SHELL_CALL_WINDOW_OPEN ? json_loads(\(literal(form)), 0, NULL)
        : c->kind == SHELL_CALL_WINDOW_CHANGED ? changed(c)
        : c->kind == SHELL_CALL_WINDOW_PRESSED ? pressed(c) : weigh(c);
      host->complete(host->context, c->call_id, answer);
      return SHELL_DONE;
    }
    static const shell_plugin table = {
      .header = {sizeof(shell_plugin), 1, 0}, .id = "strange", .describe = describe, .probe = probe,
      .create = create, .call = call};
    const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) { (void)major; (void)minor; return &table; }
    """
  }

  /// A text as a literal of C.
  private static func literal(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
    return "\"\(escaped)\""
  }
}
