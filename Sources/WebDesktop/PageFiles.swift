import CWebPage
import Crypto
import NIOCore

/// One file of the page, ready to be sent.
struct PageFile: Sendable {
  let body: ByteBuffer
  /// The value of `Content-Type`.
  let type: String
  /// The value of `ETag`: the same bytes, the same tag.
  let tag: String
}

/// The page's files by their names. They are part of the program: nothing is read from a disk, so no path can lead
/// anywhere else.
enum PageFiles {
  static let all: [String: PageFile] = {
    var files: [String: PageFile] = [:]
    var index = 0
    while let name = unsafe web_page_file_at(index).name {
      let file = unsafe web_page_file_at(index)
      let text = unsafe String(cString: name)
      let whole = unsafe UnsafeRawBufferPointer(start: file.bytes, count: file.count)
      let isCode = text.hasSuffix(".js") || text.hasSuffix(".css")
      let bytes = unsafe isCode ? ServedText.of(whole) : Array(whole)
      files[text] = PageFile(body: ByteBuffer(bytes: bytes), type: type(of: text), tag: "\"\(digest(bytes))\"")
      index += 1
    }
    return files
  }()

  private static func digest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// By the name's ending; what is not known is bytes, which a browser saves and does not run.
  static func type(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "webmanifest": "application/manifest+json"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "webp": "image/webp"
    case "ico": "image/x-icon"
    case "woff2": "font/woff2"
    case "txt": "text/plain; charset=utf-8"
    default: "application/octet-stream"
    }
  }

  /// Whether `If-None-Match` names the file that the client would get.
  static func matches(_ condition: String, _ tag: String) -> Bool {
    condition.split(separator: ",").contains { part in
      var word = part.drop { $0 == " " }
      while word.last == " " { word.removeLast() }
      return word == "*" || word == tag || word == "W/\(tag)"
    }
  }
}
