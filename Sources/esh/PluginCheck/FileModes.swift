import Glibc
import ShellProtocol

/// Who may change a plugin's files.
enum FileModes {
  /// Findings about a file and the folder that it is in.
  static func findings(_ path: String) -> [CheckFinding] {
    [path, PluginPackage.folder(of: path)].filter(isOpenToOthers).map { place in
      CheckFinding(
        "file.writable", .error, at: place,
        LocalizedText(
          ru: "сюда могут писать другие: сервер такой модуль не загрузит",
          en: "others may write here: a host does not load such a plugin"),
        advice: LocalizedText(ru: "chmod go-w \(place)", en: "chmod go-w \(place)"))
    }
  }

  /// Whether the group or everybody may write; in a folder with the sticky bit nobody can replace what is another's.
  static func isOpenToOthers(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o022 != 0 else { return false }
    return status.st_mode & S_IFMT != S_IFDIR || status.st_mode & S_ISVTX == 0
  }
}
