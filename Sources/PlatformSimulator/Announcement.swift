import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The two files by which others find a simulator: `platform.url` and `platform.token`.
struct Announcement: Sendable {
  /// Contents of `platform.token`.
  struct Tokens: Codable {
    var bot: String
    var control: String
  }

  let folder: String

  static let urlName = "platform.url"
  static let tokenName = "platform.token"

  /// The token comes first: whoever sees the address finds the token that goes with it.
  func publish(address: String, tokens: Tokens) throws {
    try replace(Announcement.tokenName, with: try ControlJSON.encode(tokens) + Data("\n".utf8), mode: 0o600)
    try replace(Announcement.urlName, with: Data("\(address)\n".utf8), mode: 0o600)
  }

  /// Takes the address away if it is still ours: another simulator may have written its own since.
  func withdraw(address: String) {
    let path = "\(folder)/\(Announcement.urlName)"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),  // absent: nothing to take away
      text.trimmingCharacters(in: .whitespacesAndNewlines) == address
    else { return }
    _ = unsafe unlink(path)
  }

  /// By rename, so that nobody reads half a file; the mode is right from the first byte on.
  private func replace(_ name: String, with content: Data, mode: mode_t) throws {
    let path = "\(folder)/\(name)"
    let draft = "\(path).\(getpid())"
    _ = unsafe unlink(draft)
    let descriptor = unsafe open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SimulatorError.cannotAnnounce(path: path, reason: errorText()) }
    let written = unsafe content.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard written == content.count, unsafe rename(draft, path) == 0 else {
      throw SimulatorError.cannotAnnounce(path: path, reason: errorText())
    }
  }
}
