import PluginKit

/// Every step that the tables went through, in order. Steps are only appended.
enum Schema {
  static let migrations = [
    BindingSchema.bindingsAndOutbox, ChatSchema.chats, ConferenceSchema.conferences, ConferenceSchema.revisions,
  ]
}
