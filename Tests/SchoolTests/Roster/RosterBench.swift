import PluginHost
import PluginKit
import Testing

extension SchoolBench {
  /// The first cell of the first row of a query.
  func value(_ sql: String) throws -> JSONValue {
    try #require(try query(sql).first?.members?.first?.value)
  }

  /// A window as its plugin describes it.
  func open(_ window: String, _ arguments: JSONValue = .emptyObject) async throws -> JSONValue {
    try await host.call(PluginCall(.windowOpen, window, params: ["arguments": arguments]))
  }
}

extension JSONValue {
  /// The field, button or other element of that id in a window's list.
  func element(_ list: String, _ id: String) -> JSONValue? { self[list]?.array?.first { $0["id"]?.string == id } }
}
