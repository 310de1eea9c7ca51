import Jansson
import PluginHost
import ShellProtocol
import ShellStore

/// A table source whose plugin is there, with the right to read it.
package struct LoadedTable: Sendable {
  let id: String
  let source: TableSource
  let policy: StatementPolicy
  /// Whether its plugin is kept in a process of its own, so that its SQL is not trusted to be quick either.
  var isStranger = false

  /// The columns as clients see them. `overrides`: columns of a window's own that add or change members by id.
  func columns(_ presentation: Presentation, overrides: JSONValue?) -> JSONValue {
    let locale: Locale = presentation.isEnglish ? .en : .ru
    let own = Dictionary(
      (overrides?.array ?? []).map { ($0["id"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    return JSONValue(
      source.columns(for: presentation).map { column in
        var members: [(String, JSONValue)] = [
          ("id", JSONValue(column.id)),
          ("title", JSONValue(LocalizedText(column.title)?.text(locale) ?? column.id)),
          ("type", JSONValue(column.type.shown.rawValue)), ("sortable", JSONValue(column.sortable)),
          ("editable", JSONValue(column.editable)),
        ]
        if let button = column.button { members.append(("button", JSONValue(button))) }
        if let emphasis = column.emphasis { members.append(("emphasis", JSONValue(emphasis))) }
        let json = JSONValue(members: members)
        return own[column.id].map { json.merging($0.removing("title")) } ?? json
      })
  }
}

extension PageRequest {
  /// Reads the members that `table/query` and `registry/query` share.
  init(_ params: JSONValue) {
    self.init(
      search: params["search"]?.string,
      filter: (params["filter"]?.members ?? []).map { ($0.key, $0.value) },
      sort: (params["sort"]?.array ?? []).map {
        (column: $0["column"]?.string ?? "", descending: $0["descending"]?.bool ?? false)
      },
      after: params["after"]?.string, limit: params["limit"]?.int ?? 50)
  }
}

extension PageError {
  func wire(_ locale: Locale) -> WireError {
    if case .store(let error) = self {
      return WireError(
        .internal, kind: "store.failed",
        LocalizedText(ru: "Ошибка хранилища данных", en: "The store failed"), data: ["reason": JSONValue("\(error)")])
    }
    if case .tooSlow(let ms) = self {
      return WireError(
        .timedOut, kind: "table.slow",
        LocalizedText(ru: "Таблица не прочитана за \(ms) мс", en: "The table was not read within \(ms) ms"),
        data: ["timeoutMs": JSONValue(ms)])
    }
    let words =
      switch self {
      case .unknownColumn(_, let column): LocalizedText(ru: "нет столбца «\(column)»", en: description)
      case .notSortable(_, let column): LocalizedText(ru: "нельзя сортировать по «\(column)»", en: description)
      case .doubleSort(_, let column): LocalizedText(ru: "столбец «\(column)» указан дважды", en: description)
      case .badFilter(_, let column): LocalizedText(ru: "неверное значение для «\(column)»", en: description)
      case .notSearchable: LocalizedText(ru: "таблица не поддерживает поиск", en: description)
      case .badCursor: LocalizedText(ru: "курсор не от этого запроса", en: description)
      case .badLimit(let limit): LocalizedText(ru: "предел \(limit) вне диапазона 1…500", en: description)
      case .tooSlow, .store: LocalizedText(verbatim: description)
      }
    return .invalidParams([.init(path: path, words)], locale)
  }
}
