/// What a teacher is trained for; a class has one teacher a track.
enum Track: Int, CaseIterable, Sendable {
  case primary, philology, mathematics, english, history, biology, geography, physics, informatics, arts, crafts
  case sports

  /// The position of a teacher of the track.
  var position: String {
    switch self {
    case .primary: "Учитель начальных классов"
    case .philology: "Учитель русского языка и литературы"
    case .mathematics: "Учитель математики"
    case .english: "Учитель английского языка"
    case .history: "Учитель истории и обществознания"
    case .biology: "Учитель биологии и химии"
    case .geography: "Учитель географии"
    case .physics: "Учитель физики"
    case .informatics: "Учитель информатики"
    case .arts: "Учитель музыки и изобразительного искусства"
    case .crafts: "Учитель труда"
    case .sports: "Учитель физической культуры"
    }
  }
}

/// A subject with the track of who teaches it. Raw values are the places in `Curriculum.subjects`.
struct SubjectPlan: Sendable {
  let title: String
  let track: Track
  /// Sections of its lesson plans.
  let sections: [String]
  /// Whether a class from the fifth grade on is taught in two parts.
  var isSplit: Bool { track == .english }
}

/// Weekly hours of each subject in each grade, for a five-day week.
enum Curriculum {
  /// One subject of a grade: its place in `subjects`, weekly hours, and who teaches it there.
  struct Entry: Sendable {
    let subject: Int
    let hours: Int
    let track: Track
  }

  /// Weeks of teaching in a year; a plan has as many hours as that many weeks.
  static let weeks = 34
  /// Lessons a day at most, and days a week.
  static let dayLength = 7
  static let days = 5

  static func entries(grade: Int) -> [Entry] {
    table.compactMap { row in
      let hours = row.hours[grade - 1]
      guard hours > 0 else { return nil }
      // In the primary school one teacher gives all but music, sports and the language.
      let isOwn = grade <= 4 && ![Track.english, .arts, .sports].contains(subjects[row.subject].track)
      let track = grade <= 4 && subjects[row.subject].title == "Изобразительное искусство" ? Track.primary : nil
      return Entry(subject: row.subject, hours: hours, track: isOwn ? .primary : track ?? subjects[row.subject].track)
    }
  }

  static let subjects: [SubjectPlan] = table.map { $0.plan }

  private struct Row {
    let subject: Int
    let plan: SubjectPlan
    let hours: [Int]
  }

  private static let table: [Row] = rows.enumerated().map { place, row in
    let plan = SubjectPlan(
      title: row.title, track: row.track, sections: row.sections.split(separator: ";").map(String.init))
    return Row(subject: place, plan: plan, hours: row.hours)
  }

  // Grades 1 … 11.
  private static let rows: [(title: String, track: Track, hours: [Int], sections: String)] = [
    (
      "Русский язык", .philology, [5, 5, 5, 5, 5, 6, 4, 3, 3, 2, 2],
      "Язык и речь;Фонетика и графика;Лексика;Состав слова;Морфология;Синтаксис;Пунктуация;Развитие речи"
    ),
    (
      "Литературное чтение", .philology, [4, 4, 4, 3, 0, 0, 0, 0, 0, 0, 0],
      "Устное народное творчество;Русские поэты о природе;Рассказы о детях;Сказки;О братьях наших меньших;Былины"
    ),
    (
      "Литература", .philology, [0, 0, 0, 0, 3, 3, 2, 2, 3, 3, 3],
      "Фольклор;Древнерусская литература;Литература XVIII века;А. С. Пушкин;М. Ю. Лермонтов;Н. В. Гоголь;"
        + "Проза XIX века;Поэзия XX века;Зарубежная литература"
    ),
    (
      "Математика", .mathematics, [4, 4, 4, 4, 5, 5, 0, 0, 0, 0, 0],
      "Числа и счёт;Сложение и вычитание;Умножение и деление;Величины;Геометрические фигуры;Дроби;Текстовые задачи"
    ),
    (
      "Алгебра", .mathematics, [0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3],
      "Выражения и тождества;Уравнения;Функции;Степени;Неравенства;Квадратные корни;Последовательности"
    ),
    (
      "Геометрия", .mathematics, [0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2],
      "Начальные сведения;Треугольники;Параллельные прямые;Четырёхугольники;Окружность;Площади;Векторы"
    ),
    (
      "Вероятность и статистика", .mathematics, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
      "Представление данных;Описательная статистика;Случайные события;Графы;Вероятность"
    ),
    (
      "Английский язык", .english, [0, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3],
      "Моя семья;Мои друзья;Школа;Досуг и увлечения;Здоровый образ жизни;Путешествия;Природа;Страны изучаемого языка"
    ),
    (
      "История", .history, [0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2],
      "Введение;Древний мир;Средние века;Раннее Новое время;Россия в XVIII веке;Россия в XIX веке;Новейшее время"
    ),
    (
      "Обществознание", .history, [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2],
      "Человек и общество;Духовная культура;Экономика;Социальная сфера;Политика;Право"
    ),
    (
      "География", .geography, [0, 0, 0, 0, 1, 1, 2, 2, 2, 1, 1],
      "План и карта;Литосфера;Гидросфера;Атмосфера;Материки и океаны;Природа России;Население и хозяйство"
    ),
    (
      "Основы духовно-нравственной культуры", .geography, [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      "Россия — наш общий дом;Семья и духовные ценности;Культура народов России"
    ),
    (
      "Индивидуальный проект", .geography, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      "Выбор темы;Работа с источниками;Исследование;Оформление;Защита"
    ),
    (
      "Окружающий мир", .primary, [2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0],
      "Человек и природа;Времена года;Растения и животные;Наш город;Правила безопасности;Наша страна"
    ),
    (
      "Биология", .biology, [0, 0, 0, 0, 1, 1, 1, 2, 2, 1, 1],
      "Биология — наука о живом;Клетка;Растения;Животные;Человек;Наследственность;Экология"
    ),
    (
      "Химия", .biology, [0, 0, 0, 0, 0, 0, 0, 2, 2, 1, 1],
      "Первоначальные понятия;Кислород и водород;Растворы;Классы веществ;Периодический закон;Химическая связь"
    ),
    (
      "Физика", .physics, [0, 0, 0, 0, 0, 0, 2, 2, 3, 2, 2],
      "Физика и её роль;Строение вещества;Движение и силы;Давление;Тепловые явления;Электричество;Оптика"
    ),
    (
      "Информатика", .informatics, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
      "Информация вокруг нас;Устройство компьютера;Системы счисления;Алгоритмы;Программирование;Базы данных"
    ),
    (
      "Музыка", .arts, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
      "Музыка моего края;Народное творчество;Классика;Музыка и другие искусства;Современная музыка"
    ),
    (
      "Изобразительное искусство", .arts, [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
      "Основы рисунка;Цвет;Натюрморт;Портрет;Пейзаж;Народное искусство;Архитектура"
    ),
    (
      "Труд (технология)", .crafts, [1, 1, 1, 1, 2, 2, 2, 1, 1, 0, 0],
      "Техника безопасности;Проектирование;Материалы;Обработка древесины;Кулинария;Робототехника;Творческий проект"
    ),
    (
      "Основы безопасности и защиты Родины", .crafts, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
      "Безопасность в быту;Безопасность на транспорте;Чрезвычайные ситуации;Основы военной подготовки;Первая помощь"
    ),
    (
      "Физическая культура", .sports, [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
      "Знания о физической культуре;Лёгкая атлетика;Гимнастика;Лыжная подготовка;Волейбол;Баскетбол;Подвижные игры"
    ),
  ]
}
