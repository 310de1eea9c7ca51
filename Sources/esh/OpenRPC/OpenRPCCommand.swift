import ArgumentParser
import Glibc
import Jansson
import Terminal

/// `esh openrpc`: the host's description of itself, and what became of it between two versions.
struct OpenRPCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openrpc", abstract: "Описание методов (OpenRPC). / The methods as an OpenRPC document.",
    subcommands: [Show.self, Diff.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Напечатать документ. / Prints the document, plugins' commands included.")
    @Option(name: .long, help: "ru или en. / ru or en.") var locale = "ru"
    @OptionGroup var data: DataOptions

    func validate() throws {
      if locale != "ru", locale != "en" { throw ValidationError("--locale: ru, en") }
    }

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder, locale: locale)
        defer { caller.close() }
        Output.json(try caller.call("rpc.discover"))
      }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Что изменилось; 1, если клиенты перестанут работать. / What changed; status 1 when clients break.")
    @Argument(help: "Прежний документ. / The old document.") var old: String
    @Argument(help: "Новый документ. / The new document.") var new: String
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let changes = DocumentDiff(old: try Self.read(old), new: try Self.read(new)).changes
        let breaking = changes.filter(\.isBreaking)
        if output.json {
          Output.json(["breaking": Self.json(breaking), "other": Self.json(changes.filter { !$0.isBreaking })])
        } else {
          for change in breaking + changes.filter({ !$0.isBreaking }) {
            print("\(change.isBreaking ? "breaking" : "fine    ")  \(change.place): \(change.words)")
          }
        }
        if !breaking.isEmpty { throw ExitCode(1) }
      }
    }

    private static func json(_ changes: [DocumentDiff.Change]) -> JSONValue {
      JSONValue(changes.map { ["place": JSONValue($0.place), "message": JSONValue($0.words)] as JSONValue })
    }

    private static func read(_ path: String) throws -> JSONValue {
      let bytes = try bytes(of: path)
      guard let document = try? JSONValue(parsing: bytes), document["methods"]?.array != nil else {
        throw HostError(ru: "\(path): это не документ OpenRPC", en: "\(path) is no OpenRPC document")
      }
      return document
    }

    private static func bytes(of path: String) throws -> [UInt8] {
      let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw HostError(
          ru: "не читается \(path): \(HostError.systemReason)", en: "cannot read \(path): \(HostError.systemReason)")
      }
      defer { if descriptor > 0 { close(descriptor) } }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return bytes }
        bytes += chunk.prefix(count)
      }
    }
  }
}
