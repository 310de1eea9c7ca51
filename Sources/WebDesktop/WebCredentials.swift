import Jansson
import NIOHTTP1
import ShellProtocol

/// What `POST /session` brings: `{"login", "password"}`, and `"locale"` (`ru` or `en`) for the words of a refusal.
struct WebCredentials {
  let login: String
  let password: String
  let locale: Locale

  /// An answer in place of credentials.
  struct Refusal: Error {
    let response: WebResponse
  }

  static func read(_ request: WebRequest) -> Result<WebCredentials, Refusal> {
    // A form of another page cannot send this type without asking first.
    guard request.single("content-type")?.lowercased().hasPrefix("application/json") == true else {
      let words = LocalizedText(ru: "Нужен Content-Type: application/json", en: "Content-Type must be application/json")
      return refused(.unsupportedMediaType, WireError(.invalidRequest, kind: "web.contentType", words), request.locale)
    }
    // The reason is said in one word: this body is written by the page, not by a person.
    guard let json = try? JSONValue(parsing: Array(request.body.readableBytesView)), json.isObject else {
      let words = LocalizedText(ru: "Это не объект JSON", en: "This is not a JSON object")
      return refused(.badRequest, WireError(.parse, kind: "parse", words), request.locale)
    }
    let locale = json["locale"]?.string.flatMap(Locale.init(rawValue:)) ?? request.locale
    var issues: [WireError.Issue] = []
    let login = text(json, "login", 1...200, &issues)
    let password = text(json, "password", 0...1024, &issues)
    for (name, _) in json.members ?? [] where !["login", "password", "locale"].contains(name) {
      issues.append(.init(path: "/\(name)", LocalizedText(ru: "неизвестный параметр", en: "unknown parameter")))
    }
    guard issues.isEmpty else { return refused(.badRequest, .invalidParams(issues, locale), locale) }
    return .success(WebCredentials(login: login, password: password, locale: locale))
  }

  private static func text(
    _ json: JSONValue, _ name: String, _ length: ClosedRange<Int>, _ issues: inout [WireError.Issue]
  ) -> String {
    if let text = json[name]?.string, length.contains(text.unicodeScalars.count) { return text }
    let words = LocalizedText(
      ru: "нужна строка длиной от \(length.lowerBound) до \(length.upperBound)",
      en: "must be a string of \(length.lowerBound) to \(length.upperBound) characters")
    issues.append(.init(path: "/\(name)", words))
    return ""
  }

  private static func refused(
    _ status: HTTPResponseStatus, _ error: WireError, _ locale: Locale
  ) -> Result<WebCredentials, Refusal> {
    .failure(Refusal(response: WebResponse(status, error, locale)))
  }
}
