import CBareLoop
import Glibc
import Jansson

/// Which of the two is measured.
enum Side: CaseIterable {
  case host, bare
}

/// A server that runs for the whole bench, and a client that is signed in to it.
final class Station {
  let side: Side
  let socket: String
  let process: ChildProcess
  let client: Client
  /// The answer to `session/get`, and the columns and total of the registry's page: the bare loop gives the same.
  let session: JSONValue
  let page: JSONValue

  /// The host.
  init(host workshop: Workshop) throws {
    side = .host
    socket = "\(workshop.folder)/host.sock"
    process = try ChildProcess(workshop.host(["--socket", socket], bench: true), log: workshop.log)
    client = try Client(socket: socket)
    try Station.signIn(client)
    session = try client.result(Message("session/get"))
    page = try client.result(Station.firstPage())
  }

  /// The bare loop, which answers as `host` does.
  init(bareBeside host: Station, _ workshop: Workshop) throws {
    side = .bare
    socket = "\(workshop.folder)/bare.sock"
    process = try ChildProcess(workshop.bare(socket: socket), log: workshop.log)
    client = try Client(socket: socket)
    session = host.session
    page = host.page
    try keep("session/get", session.text())
    try keep("registry/query", page.removing("rows", "next").text())
    try keep("bench.rows", "{\"result\":{\"rows\":\(BenchPlugin.largeRowsText())},\"effects\":[]}", fresh: true)
    try keep("bench.echo", "{\"result\":\(WireAxes.echoArguments),\"effects\":[]}")
  }

  private func keep(_ method: String, _ result: String, fresh: Bool = false) throws {
    try client.result(
      Message("bare/keep", "{\"method\":\"\(method)\",\"result\":\(result),\"fresh\":\(fresh)}"))
  }

  /// Puts the server, and this process as its client, on their cores.
  func place(_ placement: Placement) {
    process.pin(placement)
    bench_pin(0, placement.client)
  }

  static func signIn(_ client: Client) throws {
    try client.result(Message("initialize", #"{"clientInfo":{"name":"bench"},"locale":"ru"}"#))
    try client.result(Message("session/claim", "{}"))
  }

  static func firstPage(_ more: String = "") -> Message {
    Message("registry/query", "{\"registry\":\"bench\",\"tab\":\"people\"\(more)}")
  }
}
