import Jansson
import PluginHost
import ShellProtocol

/// Looks a plugin over without a host: its manifest, its clauses, its library.
struct PluginCheck {
  let manifest: String
  let libraryFolders: [String]

  struct Finding {
    let isError: Bool
    let place: String
    let message: LocalizedText

    var line: String {
      "\(isError ? "ошибка / error" : "замечание / warning"): \(place): \(message.ru) / \(message.en)"
    }
    var json: JSONValue {
      [
        "severity": isError ? "error" : "warning", "place": JSONValue(place),
        "message": ["ru": JSONValue(message.ru), "en": JSONValue(message.en)],
      ]
    }
  }

  func run() -> [Finding] {
    let read: Manifest
    do throws(ManifestError) {
      read = try ManifestFolder.read(file: manifest)
    } catch {
      return [Finding(isError: true, place: manifest, message: error.message)]
    }
    let folder = manifest.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let neighbours = ManifestFolder.read([folder.isEmpty ? "." : folder] + Installation().manifests).manifests
    var seen: Set<String> = [read.id]
    let others = neighbours.filter { seen.insert($0.id).inserted }
    var findings = ManifestLint.findings(in: read, others: others).map {
      Finding(isError: $0.severity == .error, place: $0.pointer, message: $0.message)
    }
    let folders = libraryFolders + [folder.isEmpty ? "." : folder] + Installation().plugins
    if let problem = PluginLibrary.problem(of: read, folders: folders) {
      findings.append(Finding(isError: true, place: read.library, message: LocalizedText(verbatim: problem)))
    }
    return findings
  }
}
