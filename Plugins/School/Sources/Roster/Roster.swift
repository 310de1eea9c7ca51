import PluginKit

/// The registries' commands and forms, in one list.
enum Roster {
  static func register(in plugin: inout PluginDefinition) {
    HireEmployee.register(in: &plugin)
    ChangeEmployee.register(in: &plugin)
    DismissEmployee.register(in: &plugin)
    EmployeeWindow.register(in: &plugin)
    DismissalWindow.register(in: &plugin)

    EnrolPupil.register(in: &plugin)
    ChangePupil.register(in: &plugin)
    MovePupils.register(in: &plugin)
    RestorePupils.register(in: &plugin)
    PupilWindow.register(in: &plugin)
    MovementWindows.register(in: &plugin)

    AddParent.register(in: &plugin)
    ChangeParent.register(in: &plugin)
    LinkParent.register(in: &plugin)
    RemoveParent.register(in: &plugin)
    ParentWindow.register(in: &plugin)

    AddClass.register(in: &plugin)
    ChangeClass.register(in: &plugin)
    RemoveClass.register(in: &plugin)
    ClassWindow.register(in: &plugin)

    AddGroup.register(in: &plugin)
    ChangeGroup.register(in: &plugin)
    RemoveGroup.register(in: &plugin)
    GroupWindow.register(in: &plugin)

    ChangeLesson.register(in: &plugin)
    Substitute.register(in: &plugin)
    LessonWindow.register(in: &plugin)
    SubstitutionWindow.register(in: &plugin)

    ChangeTopic.register(in: &plugin)
    CopyPlan.register(in: &plugin)
    PlanWindows.register(in: &plugin)

    AskRemoval.register(in: &plugin)
  }
}
