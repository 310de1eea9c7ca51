import Logging
import PluginHost
import ShellProtocol
import ShellTime
import Terminal

/// What `esh serve` is told on its command line.
///
/// Read here and not by ArgumentParser: that reads its options' types by reflection, which took a third of the time from
/// exec to a host's first answer. Everything about an option stands in one row of `table`: name, help, what it sets.
struct ServeOptions {
  var stdio = false
  var socket: String?
  var socketGroup: String?
  var http: WebAddress?
  /// Names under which the web desktop may be asked for.
  var httpHosts: [String] = []
  var data: String?
  var manifests: [String] = []
  var plugins: [String] = []
  /// Which plugins run in a process of their own.
  var isolation = IsolationPolicy()
  /// Loads no plugin.
  var safeMode = false
  var user: String?
  /// Milliseconds since 1970 at which a manual clock starts; nil: the machine's clock.
  var manualStartMs: Int64?
  var platform = "embedded"
  var platformCa: String?
  var logLevel = Logger.Level.notice
  var limits = Limits()

  var folder: DataFolder { DataFolder(path: data ?? DataFolder.defaultPath) }

  struct Option: Sendable {
    let name: String
    /// What stands for the value in the help; nil for a flag.
    let value: String?
    let help: String
    /// Takes the value; false when it is none of this option's.
    let set: @Sendable (inout ServeOptions, String) -> Bool
  }

  /// The words after `serve`. Throws what is wrong with them, in words; nil when help is asked for.
  static func parse(_ words: [String]) throws(UsageError) -> ServeOptions? {
    var options = ServeOptions()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--help" || word == "-h" { return nil }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = table.first(where: { "--\($0.name)" == parts[0] }) else {
        throw UsageError("unknown option '\(parts[0])'")
      }
      var value = parts.count > 1 ? parts[1] : nil
      if option.value == nil {
        if value != nil { throw UsageError("--\(option.name) takes no value") }
      } else if value == nil {
        value = rest.popFirst()
        if value == nil { throw UsageError("--\(option.name) needs a value: \(option.help)") }
      }
      guard option.set(&options, value ?? "") else {
        throw UsageError("--\(option.name) '\(value ?? "")': \(option.help)")
      }
    }
    if !options.httpHosts.isEmpty, options.http == nil { throw UsageError("--http-host goes with --http") }
    if options.user != nil, !options.stdio { throw UsageError("--user goes with --stdio") }
    return options
  }
}

/// What is wrong with a command line.
struct UsageError: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

// MARK: The table

extension ServeOptions {
  static let table: [Option] =
    [
      Option(name: "stdio", value: nil, help: "Говорить по stdin и stdout. / Speak on stdin and stdout.") {
        options, _ in
        options.stdio = true
        return true
      },
      text("socket", "PATH", "Слушать сокет. / Unix socket; without --stdio by default DIR/esh.sock.", \.socket),
      text(
        "socket-group", "GROUP", "Группа ОС, которой открыт сокет. / OS group that may use the socket.", \.socketGroup),
      Option(
        name: "http", value: "ADDR:PORT",
        help:
          "Рабочий стол в браузере: 127.0.0.1:8080. / The web desktop; port 0: any. Beyond loopback only behind a proxy."
      ) { options, value in
        options.http = WebAddress(value)
        return options.http != nil
      },
      list(
        "http-host", "NAME", "Ещё одно имя этого сервера в браузере. / A further name that browsers know the host by.",
        \.httpHosts),
      text("data", "DIR", "Папка данных школы. / The school's data folder. Default: $XDG_DATA_HOME/esh.", \.data),
      list(
        "manifests", "DIR", "Папка манифестов вместо обычной. / Folder of manifests in place of the default.",
        \.manifests),
      list(
        "plugins", "DIR", "Папка библиотек вместо обычной. / Folder of libraries in place of the default.", \.plugins),
      Option(
        name: "isolation", value: "PLACE|ID=PLACE",
        help: "Где работают модули: runner — в отдельных процессах, inproc — внутри сервера. / "
          + "Where plugins run: runner, in processes of their own, or inproc, inside the host; for all, or for one."
      ) { options, value in options.decide(isolation: value) },
      Option(
        name: "safe-mode", value: nil,
        help: "Не загружать ни одного модуля. / Load no plugin: to see what is there and switch some of it off."
      ) { options, _ in
        options.safeMode = true
        return true
      },
      text("user", "LOGIN", "Войти за клиента stdio. / Sign the stdio client in as LOGIN.", \.user),
      Option(
        name: "clock", value: "manual:T",
        help: "Часы, которые переводят рукой: manual:<ISO 8601>, такие как manual:2026-09-01T08:00:00+03:00. / "
          + "A clock that is moved by hand, from that instant on."
      ) { options, value in
        options.manualStartMs = manualClock(value)
        return options.manualStartMs != nil
      },
      Option(name: "platform", value: "P", help: "embedded, none или адрес. / embedded, none or an address.") {
        options, value in
        options.platform = value
        return true
      },
      text(
        "platform-ca", "FILE", "Файл доверенных сертификатов PEM. / PEM file of trusted certificates.", \.platformCa),
      Option(name: "log-level", value: "LEVEL", help: "trace, debug, info, notice, warning, error.") {
        options, value in
        guard let level = Logger.Level(rawValue: value) else { return false }
        options.logLevel = level
        return true
      },
    ] + bounds

  /// `runner`, `inproc`, or one of them for one plugin: `lockers=inproc`. False: it is neither.
  private mutating func decide(isolation value: String) -> Bool {
    let words = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let place = IsolationPolicy.Place(rawValue: words[words.count - 1]) else { return false }
    if words.count == 2 { isolation.decided[words[0]] = place } else { isolation.everywhere = place }
    return true
  }

  /// `manual:<ISO 8601>` in milliseconds since 1970; nil: it is something else.
  static func manualClock(_ value: String) -> Int64? {
    value.hasPrefix("manual:") ? RFC3339.parse(String(value.dropFirst("manual:".count))) : nil
  }

  private static let bounds = [
    bound("message-bytes", "Bytes of a message.", \.messageBytes),
    bound("nesting", "Levels of arrays and objects.", \.nesting),
    bound("batch", "Requests of a batch.", \.batch),
    bound("in-flight", "Requests in flight, a connection.", \.inFlight),
    bound("queued", "Requests that wait, a connection.", \.queued),
    bound("outgoing-bytes", "Unread bytes of answers, a connection.", \.outgoingBytes),
    bound("connections", "Connections.", \.connections),
    bound("sign-in-seconds", "Seconds that a WebSocket may go without a sign-in; 0: any.", \.signInSeconds),
  ]

  private static func text(
    _ name: String, _ value: String, _ help: String, _ path: any WritableKeyPath<ServeOptions, String?> & Sendable
  ) -> Option {
    Option(name: name, value: value, help: help) { options, value in
      options[keyPath: path] = value
      return true
    }
  }

  private static func list(
    _ name: String, _ value: String, _ help: String, _ path: any WritableKeyPath<ServeOptions, [String]> & Sendable
  ) -> Option {
    Option(name: name, value: value, help: help) { options, value in
      options[keyPath: path].append(value)
      return true
    }
  }

  private static func bound(_ name: String, _ help: String, _ path: any WritableKeyPath<Limits, Int> & Sendable)
    -> Option
  {
    Option(name: "limit-\(name)", value: "N", help: "\(help) Default: \(Limits()[keyPath: path]).") {
      options, value in
      guard let number = Int(value), number >= 0 else { return false }
      options.limits[keyPath: path] = number
      return true
    }
  }

  /// What `esh serve --help` prints.
  static var help: String {
    let heads = table.map { "  --\($0.name)" + ($0.value.map { " \($0)" } ?? "") }
    let width = (heads.map(\.count).max() ?? 0) + 2
    let lines = zip(heads, table).map { head, option in
      head + String(repeating: " ", count: width - head.count) + option.help
    }
    return """
      Запустить сервер рабочего стола. / Runs the desktop's host.

      USAGE: esh serve [OPTIONS]

      \(lines.joined(separator: "\n"))
      """
  }
}
