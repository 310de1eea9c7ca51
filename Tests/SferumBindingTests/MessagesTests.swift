import PluginKit
import SferumBindingPlugin
import Testing

@Suite struct MessagesTests {
  @Test func `B3 and B4: the messages are the manual's, letter for letter`() {
    #expect(Messages.phoneFormat.ru == "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX")
    #expect(
      Messages.sent.ru == "Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку")
    #expect(
      Messages.pending.ru == "Запрос на привязку уже отправлен. Перейдите на платформу МАХ и подтвердите привязку")
    #expect(Messages.bound.ru == "Учебный аккаунт успешно привязан к Сферум")
  }

  @Test(arguments: [Messages.sent, Messages.pending, Messages.notFound, Messages.queued, Messages.failed])
  func `the platform's name is Cyrillic in Russian and Latin in English`(_ text: Text) {
    #expect(text.ru.unicodeScalars.contains("\u{41C}"))
    #expect(text.ru.contains("\u{41C}\u{410}\u{425}"))
    #expect(!text.ru.contains("MAX"))
    #expect(text.en.contains("MAX"))
  }
}
