import ArgumentParser
import Jansson

/// Where everything of one school is kept.
package struct DataOptions: ParsableArguments {
  @Option(name: .long, help: "Папка данных школы. / The school's data folder. Default: $XDG_DATA_HOME/esh.")
  package var data: String?

  package init() {}

  package var folder: DataFolder { DataFolder(path: data ?? DataFolder.defaultPath) }
}

/// How answers are printed.
package struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "JSON вместо таблицы. / JSON instead of a table.")
  package var json = false

  package init() {}

  /// Progress goes to people, not to scripts.
  package var progress: ((JSONValue) -> Void)? {
    if json { return nil }
    return { Output.progress($0) }
  }
}
