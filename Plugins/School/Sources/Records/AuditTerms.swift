import PluginKit

/// The words for what stands in the audit log: names of members, of values, and what nothing means.
enum AuditTerms {
  /// Members whose values are ids of records.
  static let records: Set<String> = [
    "person", "successor", "homeroomTeacher", "teacher", "substitute", "chatAdministrator", "group", "class", "classId",
    "classes", "members", "from", "pupil", "parent", "of", "operation",
  ]

  /// What null means where it means something.
  static let nothing: [String: Text] = [
    "members": Text("весь класс", en: "the whole class"),
    "substitute": Text("учитель группы", en: "the group's teacher"),
  ]

  static let labels: [String: Text] = [
    "familyName": Text("Фамилия", en: "Family name"), "givenName": Text("Имя", en: "Given name"),
    "middleName": Text("Отчество", en: "Patronymic"), "birthDate": Text("Дата рождения", en: "Born"),
    "sex": Text("Пол", en: "Sex"), "phone": Text("Телефон", en: "Phone"), "email": Text("Почта", en: "Mail"),
    "person": Text("Человек", en: "Person"), "position": Text("Должность", en: "Position"),
    "positionType": Text("Тип должности", en: "Position type"), "hired": Text("Принят", en: "Hired"),
    "successor": Text("Кому передано", en: "Handed over to"), "date": Text("Дата", en: "Date"),
    "login": Text("Логин", en: "Login"), "roles": Text("Роли", en: "Roles"),
    "change": Text("Движение", en: "Movement"), "class": Text("Класс", en: "Class"),
    "classId": Text("Прежний класс", en: "Former class"), "note": Text("Основание", en: "Reason"),
    "grade": Text("Параллель", en: "Grade"), "letter": Text("Литера", en: "Letter"),
    "homeroomTeacher": Text("Классный руководитель", en: "Homeroom teacher"),
    "archived": Text("В архиве", en: "Archived"), "lessonsRemoved": Text("Удалено уроков", en: "Lessons removed"),
    "subject": Text("Предмет", en: "Subject"), "part": Text("Подгруппа", en: "Part"),
    "teacher": Text("Учитель", en: "Teacher"), "classes": Text("Классы", en: "Classes"),
    "members": Text("Ученики", en: "Pupils"), "group": Text("Группа", en: "Group"), "number": Text("№", en: "No."),
    "starts": Text("Начало", en: "Starts"), "ends": Text("Окончание", en: "Ends"), "room": Text("Кабинет", en: "Room"),
    "substitute": Text("Урок ведёт", en: "Given by"), "title": Text("Название", en: "Title"),
    "hours": Text("Часы", en: "Hours"), "topics": Text("Тем", en: "Topics"), "from": Text("Откуда", en: "From"),
    "to": Text("Куда", en: "To"), "children": Text("Дети", en: "Children"), "name": Text("Наименование", en: "Name"),
    "shortName": Text("Краткое наименование", en: "Short name"), "timeZone": Text("Часовой пояс", en: "Time zone"),
    "chatAdministrator": Text("Администратор чатов Сферум", en: "Sferum chat administrator"),
    "platformAddress": Text("Адрес платформы", en: "Platform address"),
    "requestExpiryHours": Text("Срок заявки на привязку, ч", en: "Binding request lives for, h"),
    "removalThresholdPercent": Text("Порог исключений, %", en: "Removal threshold, %"),
    "lessonKinds": Text("Виды работ на уроке", en: "Kinds of lesson work"), "added": Text("Добавлено", en: "Added"),
    "changed": Text("Изменено", en: "Changed"), "removed": Text("Выбыло", en: "Removed"),
    "dropped": Text("Оставлено", en: "Kept"), "source": Text("Источник", en: "Source"),
    "pupils": Text("Учеников", en: "Pupils"), "accounts": Text("Учётных записей", en: "Accounts"),
    "seed": Text("Образец", en: "Seed"), "kind": Text("Вид", en: "Kind"),
    "operation": Text("Операция", en: "Operation"),
    "files": Text("Файлы", en: "Files"), "graduates": Text("Выпускников", en: "Graduates"),
    "groups": Text("Групп", en: "Groups"), "endingGroups": Text("Групп без продолжения", en: "Groups that end"),
    "lessons": Text("Уроков отменено", en: "Lessons called off"), "registries": Text("По реестрам", en: "By registry"),
    "of": Text("К операции", en: "Of the operation"), "skipped": Text("Пропущено", en: "Skipped"),
    "warnings": Text("Предупреждения", en: "Warnings"), "held": Text("Ждёт подтверждения", en: "Held"),
    "reason": Text("Причина", en: "Reason"), "file": Text("Файл", en: "File"),
    "employees": Text("Сотрудники", en: "Employees"), "parents": Text("Родители", en: "Parents"),
    "timetable": Text("Расписание", en: "Timetable"), "plans": Text("КТП", en: "Plans"),
  ]

  static let values: [String: Text] = {
    var values: [String: Text] = [
      "male": Text("мужской", en: "male"), "female": Text("женский", en: "female"),
      "enrolled": Text("зачислен", en: "enrolled"), "transferred": Text("переведён", en: "transferred"),
      "expelled": Text("отчислен", en: "expelled"), "graduated": Text("выпущен", en: "graduated"),
      "restored": Text("восстановлен", en: "restored"),
      "cancelled": Text("восстановление отменено", en: "restoration cancelled"),
      "import": Text("импорт", en: "import"), "removals": Text("исключения", en: "removals"),
      "rollover": Text("перевод на новый год", en: "roll-over"),
    ]
    for relation in Relation.allCases { values[relation.rawValue] = relation.title }
    for role in Role.allCases { values[role.rawValue] = role.title }
    for type in PositionType.allCases { values[type.rawValue] = Text(type.rawValue, en: type.english) }
    return values
  }()
}
