import Jansson

/// Which rows of a table are wanted.
package struct PageRequest: Sendable {
  /// What a person typed; every word must be found.
  package var search: String?
  /// Equality by column id.
  package var filter: [(String, JSONValue)]
  /// Empty: the source's own order.
  package var sort: [(column: String, descending: Bool)]
  /// The `next` of the page before.
  package var after: String?
  /// 1…500.
  package var limit: Int
  /// Named parameters of the source's SQL without their sign: `user_id`, `person_id`, `roles`, `today`,
  /// `arg_…`. A missing one is NULL; `now` is the host's clock in milliseconds unless given.
  package var parameters: [String: JSONValue]
  /// For whom the rows are.
  package var presentation: Presentation

  package init(
    search: String? = nil, filter: [(String, JSONValue)] = [], sort: [(column: String, descending: Bool)] = [],
    after: String? = nil, limit: Int = 50, parameters: [String: JSONValue] = [:],
    presentation: Presentation = Presentation()
  ) {
    self.search = search
    self.filter = filter
    self.sort = sort
    self.after = after
    self.limit = limit
    self.parameters = parameters
    self.presentation = presentation
  }

  package static let limits = 1...500
}

/// What is known of a page beside its rows.
package struct PageInfo: Equatable, Sendable {
  /// Rows of all pages together.
  package let total: Int
  /// Cursor of the page after; nil on the last one.
  package let next: String?

  package init(total: Int, next: String?) {
    self.total = total
    self.next = next
  }
}

/// Why there is no page.
package enum PageError: Error, Equatable, Sendable {
  case unknownColumn(path: String, column: String)
  case notSortable(path: String, column: String)
  case doubleSort(path: String, column: String)
  /// The value of a filter is an array or an object.
  case badFilter(path: String, column: String)
  case notSearchable
  /// The cursor is damaged or belongs to another query.
  case badCursor
  case badLimit(Int)
  /// It was given up: see `ReadLimit`.
  case tooSlow(ms: Int64)
  /// Not the request's fault.
  case store(StoreError)

  /// JSON Pointer into the request; empty when the request is not at fault.
  package var path: String {
    switch self {
    case .unknownColumn(let path, _), .notSortable(let path, _), .doubleSort(let path, _), .badFilter(let path, _): path
    case .notSearchable: "/search"
    case .badCursor: "/after"
    case .badLimit: "/limit"
    case .tooSlow, .store: ""
    }
  }
}

extension PageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownColumn(_, let column): "there is no column '\(column)'"
    case .notSortable(_, let column): "the table cannot be sorted by '\(column)'"
    case .doubleSort(_, let column): "the column '\(column)' is there twice"
    case .badFilter(_, let column): "the value for '\(column)' must be a string, a number, true, false or null"
    case .notSearchable: "the table cannot be searched"
    case .badCursor: "the cursor is not one of this query"
    case .badLimit(let limit):
      "the limit is \(limit), and must be \(PageRequest.limits.lowerBound) to \(PageRequest.limits.upperBound)"
    case .tooSlow(let ms): "the table was not read in \(ms) ms"
    case .store(let error): "\(error)"
    }
  }
}
