import CPlatformLibrary
import Glibc
import Jansson
import Terminal

/// libEShPlatform.so: opened when somebody first needs it, and never closed, as no Swift library can be.
@safe struct PlatformLibrary: @unchecked Sendable {
  // Safe to share: a table of functions that never changes, each for any thread.
  let table: UnsafePointer<platform_library>

  private static let name = "libEShPlatform.so"
  private static let opened: Result<PlatformLibrary, HostError> = {
    do throws(HostError) { return .success(try load()) } catch { return .failure(error) }
  }()

  static func open() throws(HostError) -> PlatformLibrary { try opened.get() }

  private static func load() throws(HostError) -> PlatformLibrary {
    let folder = Installation().executableFolder
    let candidates = ["\(folder)/\(name)", "\(folder)/../lib/esh/\(name)"]
    let path = candidates.first { unsafe access($0, R_OK) == 0 } ?? candidates[0]
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else {
      throw failure(path, unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason")
    }
    guard let symbol = unsafe dlsym(handle, "platform_library_query") else {
      throw failure(path, "it lacks platform_library_query")
    }
    typealias Query = @convention(c) () -> UnsafePointer<platform_library>?
    guard let table = unsafe unsafeBitCast(symbol, to: Query.self)(),
      unsafe table.pointee.version == UInt32(PLATFORM_LIBRARY_VERSION)
    else { throw failure(path, "it belongs to another version of esh") }
    return unsafe PlatformLibrary(table: table)
  }

  private static func failure(_ path: String, _ reason: String) -> HostError {
    HostError(
      ru: "не открывается библиотека платформы и сети \(path): \(reason)",
      en: "cannot open the library of platform and network \(path): \(reason)")
  }

  /// Puts a question to the folder's simulator; what is asked, and how, is in platform_library.h.
  @discardableResult
  func ask(_ folder: DataFolder, _ question: JSONValue) throws(HostError) -> JSONValue {
    let (answer, words) = unsafe question.withPointer { question in
      var error: UnsafeMutablePointer<json_t>?
      let answer = unsafe table.pointee.ask(folder.path, question, &error)
      return unsafe (answer.map { unsafe JSONValue(adopting: $0) }, error.map { unsafe JSONValue(adopting: $0) })
    }
    guard let answer else {
      let reason = words?.string ?? "no reason"
      throw HostError(ru: "платформа: \(reason)", en: "the platform: \(reason)")
    }
    return answer
  }

  /// Runs `esh max …`; the exit status.
  func command(_ arguments: [String]) -> Int32 {
    let words = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe words.forEach { unsafe free($0) } }
    let pointers = unsafe words.map { unsafe UnsafePointer($0) }
    return unsafe table.pointee.command(Int32(arguments.count), pointers)
  }
}
