import ZoneRules

/// Names of time zones, as the IANA keeps them.
enum TimeZones {
  /// Those of Russia, from west to east, with what people call them.
  static let russian: [(id: String, title: String)] = [
    ("Europe/Kaliningrad", "Калининград (UTC+2)"), ("Europe/Moscow", "Москва (UTC+3)"),
    ("Europe/Simferopol", "Симферополь (UTC+3)"), ("Europe/Kirov", "Киров (UTC+3)"),
    ("Europe/Volgograd", "Волгоград (UTC+3)"), ("Europe/Astrakhan", "Астрахань (UTC+4)"),
    ("Europe/Samara", "Самара (UTC+4)"), ("Europe/Saratov", "Саратов (UTC+4)"),
    ("Europe/Ulyanovsk", "Ульяновск (UTC+4)"), ("Asia/Yekaterinburg", "Екатеринбург (UTC+5)"),
    ("Asia/Omsk", "Омск (UTC+6)"), ("Asia/Novosibirsk", "Новосибирск (UTC+7)"), ("Asia/Barnaul", "Барнаул (UTC+7)"),
    ("Asia/Tomsk", "Томск (UTC+7)"), ("Asia/Novokuznetsk", "Новокузнецк (UTC+7)"),
    ("Asia/Krasnoyarsk", "Красноярск (UTC+7)"), ("Asia/Irkutsk", "Иркутск (UTC+8)"), ("Asia/Chita", "Чита (UTC+9)"),
    ("Asia/Yakutsk", "Якутск (UTC+9)"), ("Asia/Khandyga", "Хандыга (UTC+9)"),
    ("Asia/Vladivostok", "Владивосток (UTC+10)"), ("Asia/Ust-Nera", "Усть-Нера (UTC+10)"),
    ("Asia/Magadan", "Магадан (UTC+11)"), ("Asia/Sakhalin", "Южно-Сахалинск (UTC+11)"),
    ("Asia/Srednekolymsk", "Среднеколымск (UTC+11)"), ("Asia/Kamchatka", "Петропавловск-Камчатский (UTC+12)"),
    ("Asia/Anadyr", "Анадырь (UTC+12)"),
  ]

  /// Whether there is such a zone. Russia's are known here, so that a machine without the zones' files can run a
  /// school; others are asked of the machine.
  static func exists(_ name: String) -> Bool {
    name == "UTC" || russian.contains { $0.id == name } || (name.contains("/") && ZoneRules.named(name) != nil)
  }
}
