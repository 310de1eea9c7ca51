import CPluginCheck
import Glibc
import PluginHost
import ShellProtocol

/// Looks at a plugin's library without running any of it.
struct LibraryCheck {
  let path: String
  let bytes: [UInt8]

  private static let maxBytes = 1 << 29

  /// nil when the file cannot be read.
  init?(_ path: String) {
    guard let bytes = FileContent.read(path, limit: Self.maxBytes) else { return nil }
    self.path = path
    self.bytes = bytes
  }

  var findings: [CheckFinding] {
    guard let library = ElfLibrary(bytes) else {
      return [
        error(
          "library.notElf", "это не разделяемая библиотека Linux (ELF, 64 бита)",
          "it is no shared library of Linux (ELF, 64 bits)",
          advice: "соберите её с -shared -fPIC (Swift: .library(type: .dynamic))",
          "build it with -shared -fPIC (Swift: .library(type: .dynamic))")
      ]
    }
    return machine(library) + entry(library) + jansson(library) + swiftRuntime(library) + forbidden(library)
      + exports(library) + runPath(library)
  }

  /// Whether a name stands in the library at all. Swift keeps a short string as two machine words, so it may stand there
  /// in two pieces; on other machines those words are cut up further, and a short name counts as mentioned.
  func mentions(_ name: String) -> Bool {
    let text = Array(name.utf8)
    if contains(text) { return true }
    guard text.count <= 15 else { return false }
    #if arch(x86_64)
      return text.count > 8 && contains(Array(text.prefix(8))) && contains(Array(text.dropFirst(8)))
    #else
      return true
    #endif
  }

  private func contains(_ text: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { haystack in
      unsafe text.withUnsafeBufferPointer { needle in
        guard let start = haystack.baseAddress, let wanted = needle.baseAddress else { return false }
        return unsafe check_contains(start, haystack.count, wanted, needle.count) == 1
      }
    }
  }

  // MARK: Checks

  private func machine(_ library: ElfLibrary) -> [CheckFinding] {
    guard library.machine != ElfLibrary.ownMachine, ElfLibrary.ownMachine != 0 else { return [] }
    return [
      error(
        "library.machine", "библиотека собрана для другого процессора (ELF \(library.machine))",
        "the library is built for another processor (ELF \(library.machine))",
        advice: "соберите её на такой же машине, как эта", "build it on a machine like this one")
    ]
  }

  private func entry(_ library: ElfLibrary) -> [CheckFinding] {
    guard !library.exports.contains("shell_plugin_query") else { return [] }
    return [
      error(
        "library.noEntry", "в библиотеке нет функции shell_plugin_query", "the library exports no shell_plugin_query",
        advice: "экспортируйте её: в C с __attribute__((visibility(\"default\"))), в Swift с @c(shell_plugin_query)",
        "export it: in C with __attribute__((visibility(\"default\"))), in Swift with @c(shell_plugin_query)")
    ]
  }

  private func jansson(_ library: ElfLibrary) -> [CheckFinding] {
    let own = library.exports.contains { ["json_object", "json_loads", "json_decref"].contains($0) }
    let takes = library.imports.contains { $0.hasPrefix("json_") }
    let links = library.needed.contains { $0.hasPrefix("libjansson.so") }
    if own || (!takes && !links) {
      return [
        error(
          "library.ownJansson", "библиотека несёт свою копию jansson: поиск по её объектам не найдёт ничего",
          "the library brings its own copy of jansson: lookups in its objects would find nothing",
          advice: "компонуйте с -ljansson, без libjansson.a и -static",
          "link with -ljansson, without libjansson.a and -static")
      ]
    }
    guard !links else { return [] }
    return [
      warning(
        "library.janssonNotLinked", "библиотека зовёт jansson, но не говорит загрузчику, что он ей нужен",
        "the library calls jansson and does not tell the loader that it needs it",
        advice: "добавьте -ljansson при компоновке", "add -ljansson when you link")
    ]
  }

  private func swiftRuntime(_ library: ElfLibrary) -> [CheckFinding] {
    guard library.exports.contains("swift_retain") else { return [] }
    return [
      error(
        "library.ownSwiftRuntime", "библиотека несёт свою среду исполнения Swift; двух в одном процессе быть не может",
        "the library brings its own Swift runtime; a process cannot have two",
        advice: "соберите без -static-stdlib", "build without -static-stdlib")
    ]
  }

  /// What the contract says must never be called.
  private func forbidden(_ library: ElfLibrary) -> [CheckFinding] {
    let names = ["json_set_alloc_funcs", "json_set_alloc_funcs2", "json_object_seed", "setlocale"]
    let called = names.filter { library.imports.contains($0) }
    guard !called.isEmpty else { return [] }
    let list = called.joined(separator: ", ")
    return [
      error(
        "library.forbiddenCall", "библиотека зовёт \(list), что изменило бы jansson или числа у всех модулей",
        "the library calls \(list), which would change jansson or numbers for every plugin",
        advice: "уберите эти вызовы: память jansson, его зерно и локаль принадлежат серверу",
        "take the calls out: jansson's memory, its seed and the locale are the host's")
    ]
  }

  private func exports(_ library: ElfLibrary) -> [CheckFinding] {
    // What the linker itself may leave there.
    let linkers: Set = ["shell_plugin_query", "_init", "_fini", "_edata", "_end", "__bss_start"]
    let others = library.exports.filter { !linkers.contains($0) }
    guard let first = others.first else { return [] }
    let isSwift = others.contains { $0.hasPrefix("$s") }
    let shown = others.filter { !$0.hasPrefix("$s") }.prefix(3)
    let sample = (shown.isEmpty ? [first] : Array(shown)).joined(separator: ", ")
    let advice =
      isSwift
      ? LocalizedText(
        ru: "скройте остальное сценарием версий: -Xlinker --version-script=plugin.map, "
          + "в нём { global: shell_plugin_query; local: *; };",
        en: "hide the rest with a version script: -Xlinker --version-script=plugin.map that has "
          + "{ global: shell_plugin_query; local: *; };")
      : LocalizedText(
        ru: "соберите с -fvisibility=hidden, а shell_plugin_query пометьте "
          + "__attribute__((visibility(\"default\"))); или объявите остальное static",
        en: "build with -fvisibility=hidden and mark shell_plugin_query with "
          + "__attribute__((visibility(\"default\"))); or make the rest static")
    return [
      CheckFinding(
        "library.exports", .warning, at: path,
        LocalizedText(
          ru: "кроме shell_plugin_query наружу видно ещё \(others.count) имён: \(sample)…",
          en: "besides shell_plugin_query it exports \(others.count) names more: \(sample)…"),
        advice: advice)
    ]
  }

  private func runPath(_ library: ElfLibrary) -> [CheckFinding] {
    let foreign = library.runPaths.filter { path in
      !path.hasPrefix("$ORIGIN") && !["/usr/lib", "/usr/local/lib", "/lib"].contains { path.hasPrefix($0) }
    }
    guard let first = foreign.first else { return [] }
    return [
      warning(
        "library.runPath", "библиотека ищет свои библиотеки в \(first), папке этой машины",
        "the library looks for its libraries in \(first), a folder of this machine",
        advice: "для установки собирайте с -Xswiftc -no-toolchain-stdlib-rpath или уберите путь: "
          + "patchelf --remove-rpath",
        "for installation build with -Xswiftc -no-toolchain-stdlib-rpath, or take the path "
          + "out: patchelf --remove-rpath")
    ]
  }

  private func error(
    _ id: String, _ ru: String, _ en: String, advice adviceRu: String, _ adviceEn: String
  ) -> CheckFinding {
    CheckFinding(
      id, .error, at: path, LocalizedText(ru: ru, en: en), advice: LocalizedText(ru: adviceRu, en: adviceEn))
  }

  private func warning(
    _ id: String, _ ru: String, _ en: String, advice adviceRu: String, _ adviceEn: String
  ) -> CheckFinding {
    CheckFinding(
      id, .warning, at: path, LocalizedText(ru: ru, en: en), advice: LocalizedText(ru: adviceRu, en: adviceEn))
  }
}
