import PluginKit

extension Arguments {
  /// `children: [{pupil, relation}]`, or `pupil` with `relation` for a single one; nil when neither is given.
  mutating func children() -> [ParentLinks.Child]? {
    if let pupil = id("pupil") {
      return relation("relation", params["relation"]).map { [.init(pupil: pupil, relation: $0)] }
    }
    guard let list = params["children"], !list.isNull else { return nil }
    var children: [ParentLinks.Child] = []
    for (index, item) in (list.array ?? []).enumerated() {
      guard let pupil = item["pupil"]?.string else {
        refuse("children/\(index)/pupil", Text("Не указан ученик", en: "No pupil is given"))
        continue
      }
      guard !children.contains(where: { $0.pupil == pupil }) else {
        refuse("children/\(index)/pupil", Text("Ученик указан дважды", en: "The pupil is there twice"))
        continue
      }
      guard let relation = relation("children/\(index)/relation", item["relation"]) else { continue }
      children.append(.init(pupil: pupil, relation: relation))
    }
    return children
  }

  /// The relation of an argument; «Родственник» when there is none.
  mutating func relation(_ name: String, _ value: JSONValue?) -> Relation? {
    guard let text = value?.string, !text.isEmpty else { return .relative }
    guard let relation = Relation(spelled: text) else {
      refuse(
        name,
        Text("Степень родства: \(Relation.titles)", en: "A relation is mother, father, guardian or relative"))
      return nil
    }
    return relation
  }
}
