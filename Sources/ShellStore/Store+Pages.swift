import Jansson

extension Store {
  /// Appends one page's rows to `output` as the text of a JSON array: [{"id", "cells": {column: value},
  /// "actions"?: [button], "emphasis"?}]. `output` is unchanged when it throws.
  package func page(
    _ source: TableSource, _ request: PageRequest, policy: StatementPolicy?, limit: ReadLimit = .none,
    into output: inout [UInt8]
  ) throws(PageError) -> PageInfo {
    let query = try PageQuery(source, request)
    return try reading(limit) { connection in
      let read = PageRead(
        store: self, connection: connection, source: source, policy: policy,
        values: PageValues(query: query, ids: [], parameters: request.parameters, nowMs: clock.nowMs),
        presentation: request.presentation)
      return try read.page(query, limit: request.limit, into: &output)
    }
  }

  /// The rows of these ids that the table shows, in no particular order, as in `page`.
  package func rows(
    _ source: TableSource, ids: [String], parameters: [String: JSONValue] = [:], policy: StatementPolicy?,
    presentation: Presentation = Presentation(), limit: ReadLimit = .none
  ) throws(PageError) -> JSONValue {
    try reading(limit) { connection in
      let read = PageRead(
        store: self, connection: connection, source: source, policy: policy,
        values: PageValues(query: nil, ids: ids, parameters: parameters, nowMs: clock.nowMs),
        presentation: presentation)
      return try read.rows()
    }
  }

  /// The conditions of the source that one of the rows of these ids breaks; rows that are gone break none.
  package func brokenConditions(
    _ source: TableSource, ids: [String], parameters: [String: JSONValue] = [:], policy: StatementPolicy?,
    limit: ReadLimit = .none
  ) throws(PageError) -> [TableSource.RowCondition] {
    guard !ids.isEmpty, !source.rowConditions.isEmpty else { return [] }
    return try reading(limit) { connection in
      let read = PageRead(
        store: self, connection: connection, source: source, policy: policy,
        values: PageValues(query: nil, ids: ids, parameters: parameters, nowMs: clock.nowMs))
      return try read.brokenConditions()
    }
  }

  /// How SQLite would fetch a page: the lines of EXPLAIN QUERY PLAN for each statement of it. For tests.
  package func explain(
    _ source: TableSource, _ request: PageRequest, policy: StatementPolicy?
  ) throws(PageError) -> [String] {
    let query = try PageQuery(source, request)
    return try reading(.none) { connection in
      let read = PageRead(
        store: self, connection: connection, source: source, policy: policy,
        values: PageValues(query: query, ids: [], parameters: request.parameters, nowMs: clock.nowMs),
        presentation: request.presentation)
      return try read.explain(query, limit: request.limit)
    }
  }
}

extension PageError {
  init(_ error: any Error) {
    switch error {
    case let error as PageError: self = error
    case let error as StoreError: self = .store(error)
    default: self = .store(.invalid(reason: "\(error)"))
    }
  }
}

/// One page being read, on one connection.
struct PageRead {
  let store: Store
  let connection: Connection
  let source: TableSource
  let policy: StatementPolicy?
  let values: PageValues
  var presentation = Presentation()

  func page(_ query: PageQuery, limit: Int, into output: inout [UInt8]) throws -> PageInfo {
    // One state of the database for all the statements of a page, which is one statement when nothing is
    // searched and no cursor given.
    let isOne = query.words.isEmpty && query.after == nil
    if !isOne { try connection.numbered(.begin).run() }
    defer {
      // try?: a read that cannot be ended has nothing to lose.
      if !isOne { try? connection.numbered(.commit).run() }
    }
    let total = try total(query)
    let sink = connection.sink
    defer { sink.clear() }
    let writer = RowWriter(source: source, sink: sink, presentation: presentation)
    let last = try fill(query, limit: limit, writer)
    sink.append(to: &output)
    return PageInfo(
      total: total, next: last.map { PageCursor(values: $0).text(fingerprint: query.fingerprint) })
  }

  func rows() throws -> JSONValue {
    let statement = try vetted(PageSQL(source: source).rows(presentation))
    try values.bind(statement, limit: 0)
    defer { statement.reset() }
    let sink = connection.sink
    defer { sink.clear() }
    let writer = RowWriter(source: source, sink: sink, presentation: presentation)
    writer.begin()
    while try statement.step() { writer.write(statement) }
    writer.end()
    var bytes: [UInt8] = []
    sink.append(to: &bytes)
    return try JSONValue(parsing: bytes)
  }

  func brokenConditions() throws -> [TableSource.RowCondition] {
    let statement = try vetted(PageSQL(source: source).brokenConditions())
    try values.bind(statement, limit: 0)
    defer { statement.reset() }
    guard try statement.step() else { return [] }
    return source.rowConditions.enumerated().filter { statement.int64(Int32($0.offset)) != 0 }.map(\.element)
  }

  /// A statement that reads what the policy allows, with parameters that something gives.
  private func vetted(_ sql: String) throws -> SQLStatement {
    let prepared = try connection.prepared(VettedSQL(sql: sql, policy: policy), store.vetting)
    guard prepared.verdict.isReadOnly else { throw StoreError.readOnly(sql: sql) }
    try check(prepared.statement)
    return prepared.statement
  }

  func explain(_ query: PageQuery, limit: Int) throws -> [String] {
    var lines: [String] = []
    for part in try plan(query, try search(query)).parts {
      let statement = try unsafe SQLStatement(
        connection.handle, "EXPLAIN QUERY PLAN \(part.sql)", persistent: false)
      while try statement.step() { lines.append(statement.text(3)) }
    }
    return lines
  }

  // MARK: Private

  /// Writes the rows. Returns the sort values of the last one when more follow.
  private func fill(_ query: PageQuery, limit: Int, _ writer: RowWriter) throws -> [JSONValue]? {
    let search = try search(query)
    let outcome = try run(plan(query, search), query, limit: limit, writer)
    guard case .walked(let words) = search, !outcome.isFull else { return outcome.last }
    return try run(plan(query, .matched(words: words)), query, limit: limit, writer).last
  }

  private func run(
    _ plan: PagePlan, _ query: PageQuery, limit: Int, _ writer: RowWriter
  ) throws(StoreError) -> (isFull: Bool, last: [JSONValue]?) {
    writer.begin()
    var count = 0
    var last: [JSONValue] = []
    for part in plan.parts {
      let statement = try connection.numbered(part)
      defer { statement.reset() }
      // One more than wanted tells whether there is another page.
      try values.bind(statement, limit: limit + 1 - count)
      while try statement.step() {
        if count == limit {
          writer.end()
          return (true, last)
        }
        writer.write(statement)
        count += 1
        if count == limit { last = sortValues(statement, query) }
      }
    }
    writer.end()
    return (false, nil)
  }

  private func sortValues(_ statement: SQLStatement, _ query: PageQuery) -> [JSONValue] {
    let first = source.firstSortValue(presentation)
    return query.order.indices.map { unsafe JSONValue(adopting: statement.columnValue(first + Int32($0))) }
  }

  private func search(_ query: PageQuery) throws -> PagePlanKey.Search {
    guard !query.words.isEmpty else { return .none }
    guard source.search != nil else { return .tested(words: query.words.count) }
    let matches = try count(.matches)
    return matches <= PageSQL.fewMatches ? .matched(words: query.words.count) : .walked(words: query.words.count)
  }

  private func total(_ query: PageQuery) throws -> Int {
    try count(.rows(filters: query.filters, words: query.words.count))
  }

  private func count(_ counted: CountPlanKey.Counted) throws -> Int {
    let key = CountPlanKey(source: source.number, policy: policy, counted: counted)
    let plan: PagePlan
    if let known = store.pages.plan(key) {
      plan = known
    } else {
      let sql = PageSQL(source: source).count(key)
      plan = store.pages.keep([sql], reads: try vet([sql]), for: key)
    }
    let statement = try connection.numbered(plan.parts[0])
    let totalKey = TotalsCache.Key(
      statement: plan.parts[0].number, values: values.fingerprint(statement.parameters))
    let (known, generation) = store.totals.total(totalKey, plan.reads)
    if let known { return known }
    try values.bind(statement, limit: 0)
    defer { statement.reset() }
    let total = try statement.step() ? Int(statement.int64(0)) : 0
    store.totals.keep(total, totalKey, generation: generation)
    return total
  }

  private func plan(_ query: PageQuery, _ search: PagePlanKey.Search) throws -> PagePlan {
    let key = PagePlanKey(
      source: source.number, policy: policy, order: query.order, filters: query.filters, search: search,
      afterNulls: query.after?.values.map(\.isNull), presentation: presentation.ofPlan)
    if let known = store.pages.plan(key) { return known }
    let sql = PageSQL(source: source).page(key)
    return store.pages.keep(sql, reads: try vet(sql), for: key)
  }

  /// Vets the statements of a new plan and tells which tables they read.
  private func vet(_ statements: [String]) throws(StoreError) -> Set<String> {
    var reads: Set<String> = []
    for sql in statements {
      let prepared = try connection.prepared(VettedSQL(sql: sql, policy: policy), store.vetting)
      guard prepared.verdict.isReadOnly else { throw .readOnly(sql: sql) }
      try check(prepared.statement)
      reads.formUnion(prepared.verdict.reads)
    }
    return reads
  }

  private func check(_ statement: SQLStatement) throws(StoreError) {
    for case .named(let name) in statement.parameters {
      let isArgument = name.hasPrefix("arg_") && source.arguments.contains(String(name.dropFirst(4)))
      guard isArgument || Parameter.known.contains(name) || values.parameters[name] != nil else {
        throw .binding(reason: "the table source uses :\(name), which nothing gives it", sql: statement.sql)
      }
    }
  }
}
