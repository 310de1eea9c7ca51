import PluginKit

/// What a person is told. The Russian texts are the manual's, letter for letter; «МАХ» is written in Cyrillic there.
package enum Messages {
  package static let phoneFormat = Text(
    "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX",
    en: "The phone number does not have the form +7 (9XX) XXX-XX-XX")
  package static let sent = Text(
    "Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку",
    en: "The binding request has been sent. Go to the MAX platform and confirm the binding")
  package static let pending = Text(
    "Запрос на привязку уже отправлен. Перейдите на платформу МАХ и подтвердите привязку",
    en: "A binding request has been sent already. Go to the MAX platform and confirm the binding")
  package static let bound = Text(
    "Учебный аккаунт успешно привязан к Сферум", en: "The educational account is bound to Sferum")
  package static let notFound = Text(
    "Номер телефона должен совпадать с номером, указанным при регистрации на платформе МАХ",
    en: "The phone number must be the one given at the registration on the MAX platform")
  package static let taken = Text(
    "Этот номер телефона уже привязан к другому аккаунту «Электронной школы»",
    en: "This phone number is bound to another account of the school already")
  package static let queued = Text(
    "Платформа МАХ сейчас недоступна. Запрос на привязку сохранён в очереди и будет отправлен автоматически",
    en: "The MAX platform can't be reached now. The binding request is kept in the queue and will be sent by itself")
  package static let declined = Text(
    "Запрос на привязку отклонён на платформе МАХ. Вы можете отправить запрос ещё раз",
    en: "The binding request was declined on the MAX platform. You can send it again")
  package static let expired = Text(
    "Срок запроса на привязку истёк. Вы можете отправить запрос ещё раз",
    en: "The binding request has expired. You can send it again")
  package static let suspended = Text(
    "Запрос на привязку создан, но сообщество Сферум не может написать вам. Разрешите сообщения от сообщества Сферум "
      + "на платформе МАХ, и запрос придёт в чат",
    en: "The binding request is made, but the Sferum community can't write to you. Allow messages from the Sferum "
      + "community on the MAX platform, and the request will come into the chat")
  package static let failed = Text(
    "Платформа МАХ отклонила запрос на привязку. Проверьте номер телефона и отправьте запрос ещё раз или "
      + "обратитесь к администратору",
    en: "The MAX platform refused the binding request. Check the number and send it again, or ask the administrator")
  package static let unbindQuestion = Text(
    "Вы действительно хотите отвязать аккаунт от Сферума?", en: "Do you really want to unbind the account from Sferum?")
  package static let unbound = Text("Аккаунт отвязан от Сферума", en: "The account is unbound from Sferum")
  package static let notBound = Text(
    "Учебный аккаунт не привязан к Сферум", en: "The educational account is not bound to Sferum")
  package static let accountUnfit = Text(
    "Учётная запись заблокирована или удалена, привязать её нельзя",
    en: "The account is blocked or removed and can't be bound")
  package static let noOrganization = Text(
    "Не заполнены настройки организации. Обратитесь к администратору",
    en: "The organization's settings are missing. Ask the administrator")
}
