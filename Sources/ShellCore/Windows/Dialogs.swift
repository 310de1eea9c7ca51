import Jansson
import ShellProtocol

/// Windows that the host makes by itself: messages, questions, pickers.
enum Dialogs {
  static let ok: JSONValue = ["id": "ok", "label": ["ru": "Ок", "en": "OK"], "style": "primary", "close": true]
  static let cancel: JSONValue = ["id": "cancel", "label": ["ru": "Отмена", "en": "Cancel"], "close": true]

  static func content(level: String, text: LocalizedText, title: LocalizedText?, buttons: [JSONValue]) -> WindowContent
  {
    var content = WindowContent(.dialog, title: title ?? self.title(level))
    content.isModal = true
    content.level = level
    content.text = text
    content[.buttons] = buttons.isEmpty ? [ok] : buttons
    return content
  }

  /// A picker over one table; the choice is confirmed with «Выбрать».
  static func picker(title: LocalizedText, source: String, arguments: JSONValue, multiple: Bool) -> WindowContent {
    var content = WindowContent(.picker, title: title)
    content.isModal = true
    content[.tables] = [
      [
        "id": "rows", "source": JSONValue(source), "arguments": arguments,
        "selection": multiple ? "multiple" : "single",
      ]
    ]
    content[.buttons] = [
      ["id": "select", "label": ["ru": "Выбрать", "en": "Select"], "style": "primary"], cancel,
    ]
    return content
  }

  private static func title(_ level: String) -> LocalizedText {
    switch level {
    case "warning": LocalizedText(ru: "Внимание", en: "Warning")
    case "error": LocalizedText(ru: "Ошибка", en: "Error")
    case "system": LocalizedText(ru: "Системное сообщение", en: "System message")
    default: LocalizedText(ru: "Информация", en: "Information")
    }
  }
}
