/// What the platform accepts as a message.
///
/// Sizes are counted in UTF-16 units, as its server does.
enum MessageRules {
  static let maxText = 4000
  static let maxRows = 30
  static let maxInRow = 7
  /// In a row that holds a link, an app or a request for data.
  static let maxInWideRow = 3
  static let maxButtons = 210
  static let maxButtonText = 128
  static let maxPayload = 1024
  static let maxURL = 2048

  private static let wideTypes: Set = ["link", "open_app", "request_contact", "request_geo_location"]

  static func check(_ message: NewMessageBody) throws(Refusal) {
    if let text = message.text, text.utf16.count > maxText {
      throw .payload("Field 'text' size (\(text.utf16.count)) must be at most \(maxText)")
    }
    var keyboards = 0
    for attachment in message.attachments ?? [] {
      guard attachment.type == Attachment.keyboardType else {
        throw .payload("Unsupported attachment type: \(attachment.type)")
      }
      guard let keyboard = attachment.payload else { throw .payload("Missing required parameter: payload") }
      keyboards += 1
      guard keyboards == 1 else { throw .payload("Must be only one inline_keyboard attachment in message") }
      try check(keyboard)
    }
  }

  private static func check(_ keyboard: Keyboard) throws(Refusal) {
    let rows = keyboard.buttons
    try check("buttons", size: rows.count, atMost: maxRows)
    try check("buttons", size: rows.reduce(0) { $0 + $1.count }, atMost: maxButtons)
    for row in rows {
      let isWide = row.contains { wideTypes.contains($0.type) }
      try check("row", size: row.count, atMost: isWide ? maxInWideRow : maxInRow)
      for button in row { try check(button) }
    }
  }

  private static func check(_ button: Button) throws(Refusal) {
    guard !button.text.isEmpty else { throw .payload("text: size must be between 1 and \(maxButtonText)") }
    try check("text", size: button.text.utf16.count, atMost: maxButtonText)
    switch button.type {
    case "callback", "clipboard":
      guard let payload = button.payload else { throw .payload("Missing required parameter: payload") }
      try check("payload", size: payload.utf16.count, atMost: maxPayload)
    case "link":
      guard let url = button.url else { throw .payload("Missing required parameter: url") }
      try check("url", size: url.utf16.count, atMost: maxURL)
      guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
        throw .payload("Must have only http/https links format in buttons")
      }
    case "open_app":
      guard button.webApp != nil else { throw .payload("Missing required parameter: web_app") }
    case "message", "request_contact", "request_geo_location": break
    default: throw .payload("Unknown button type: \(button.type)")
    }
  }

  private static func check(_ field: String, size: Int, atMost limit: Int) throws(Refusal) {
    guard size > limit else { return }
    throw .payload("Field '\(field)' size (\(size)) must be at most \(limit)")
  }
}
