/// Topics of a lesson plan: as many as the year has lessons, section by section.
enum LessonTopics {
  private static let stages = [
    "введение", "основные понятия", "изучение нового материала", "закрепление", "решение задач и упражнений",
    "практическая работа", "обобщение", "контрольная работа", "анализ ошибок", "повторение",
  ]

  /// Titles for so many lessons. Each section gets its share, and each lesson a stage of it.
  static func titles(_ sections: [String], lessons: Int) -> [String] {
    (0..<lessons).map { lesson in
      let section = lesson * sections.count / lessons
      let first = (section * lessons + sections.count - 1) / sections.count
      let inSection = lesson - first
      let stage = stages[inSection % stages.count]
      let round = inSection / stages.count
      return round == 0 ? "\(sections[section]): \(stage)" : "\(sections[section]): \(stage), часть \(round + 1)"
    }
  }
}
