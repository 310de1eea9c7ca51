import Foundation
import Testing

@testable import FilePackage

@Suite final class FilePackageTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/packages-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  // try?: what stays behind lies in a temporary folder.
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test(arguments: ["school", "school.zip"])
  func `a folder and an archive give the same files`(name: String) throws {
    let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try write(["users.csv": Array("Ёлкина".utf8), "large.csv": large, "empty.csv": []], to: name)

    let package = try FilePackage(path: "\(folder)/\(name)")

    #expect(package.files == ["users.csv": 12, "large.csv": 700_000, "empty.csv": 0])
    #expect(try bytes(package, "users.csv") == Array("Ёлкина".utf8))
    #expect(try bytes(package, "large.csv") == large)
    #expect(try bytes(package, "empty.csv") == [])
    #expect(throws: FilePackageError.noSuchFile(name: "none.csv")) { try package.open("none.csv") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
  }

  @Test func `an archive of the same files has the same bytes`() throws {
    for name in ["a.zip", "b.zip"] { try write(["users.csv": Array("x,y\r\n".utf8)], to: name) }
    #expect(FileManager.default.contentsEqual(atPath: "\(folder)/a.zip", andPath: "\(folder)/b.zip"))
  }

  @Test func `what unpacks to more than it may is refused while it is read`() throws {
    try write(["zeros.csv": [UInt8](repeating: 0x30, count: 3_000_000)], to: "bomb.zip")
    var limits = FilePackage.Limits()
    limits.freeBytes = 1000
    limits.ratio = 10
    let bomb = try FilePackage(path: "\(folder)/bomb.zip", limits: limits)
    #expect(throws: FilePackageError.self) { try self.bytes(bomb, "zeros.csv") }

    limits = FilePackage.Limits()
    limits.totalBytes = 2_000_000
    let large = try FilePackage(path: "\(folder)/bomb.zip", limits: limits)
    #expect(throws: FilePackageError.tooLarge(name: "zeros.csv", limit: 2_000_000)) {
      try self.bytes(large, "zeros.csv")
    }
  }

  @Test func `what is no package says so`() throws {
    #expect(throws: FilePackageError.notFound(path: "\(folder)/none")) { try FilePackage(path: "\(self.folder)/none") }
    try "text".write(toFile: "\(folder)/text.zip", atomically: true, encoding: .utf8)
    #expect(throws: FilePackageError.notAPackage(path: "\(folder)/text.zip")) {
      try FilePackage(path: "\(self.folder)/text.zip")
    }
    try write(["users.csv": (0..<90_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }], to: "cut.zip")
    var archive = try Data(contentsOf: URL(filePath: "\(folder)/cut.zip"))
    for place in 5000..<6000 { archive[place] ^= 0x55 }
    try archive.write(to: URL(filePath: "\(folder)/cut.zip"))
    #expect(throws: FilePackageError.self) {
      try self.bytes(FilePackage(path: "\(self.folder)/cut.zip"), "users.csv")
    }
  }

  @Test(arguments: ["private", "private.zip"])
  func `a package is its owner's alone, and two at once do not meet`(name: String) throws {
    let other = try PackageWriter(path: "\(folder)/\(name)")
    let open = try other.file("users.csv")
    try write(["users.csv": Array("a".utf8), "manifest.csv": Array("m".utf8)], to: name)
    try open.write(Array("b".utf8))
    try open.finish()

    let path = name.hasSuffix(".zip") ? "\(folder)/\(name)" : "\(folder)/\(name)/users.csv"
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try bytes(FilePackage(path: "\(folder)/\(name)"), "users.csv") == Array("a".utf8))
    try other.finish()
    #expect(try bytes(FilePackage(path: "\(folder)/\(name)"), "users.csv") == Array("b".utf8))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".partial-") }
    #expect(left == [])
  }

  @Test func `a folder keeps no known file of an older package, and others' files`() throws {
    try write(["users.csv": [1], "lessons.csv": [2], "notes.txt": [3]], to: "again")
    let writer = try PackageWriter(path: "\(folder)/again", known: ["users.csv", "lessons.csv"])
    for name in ["manifest.csv", "users.csv"] { try writer.file(name).finish() }

    try writer.finish()

    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/again").sorted()
    #expect(left == ["manifest.csv", "notes.txt", "users.csv"])
  }

  @Test func `files deeper in an archive are named, not read`() throws {
    let script = "import zipfile,sys; z=zipfile.ZipFile(sys.argv[1],'w'); z.writestr('school/users.csv','a')"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, "\(folder)/deep.zip"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)

    let package = try FilePackage(path: "\(folder)/deep.zip")

    #expect(package.files.isEmpty)
    #expect(package.nested == ["school/users.csv"])
  }

  private func write(_ files: [String: [UInt8]], to name: String) throws {
    let writer = try PackageWriter(path: "\(folder)/\(name)")
    for (file, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let output = try writer.file(file)
      try output.write(bytes)
      try output.finish()
    }
    try writer.finish()
  }

  private func bytes(_ package: FilePackage, _ name: String) throws -> [UInt8] {
    let source = try package.open(name)
    var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 50_000))
    while true {
      let count = try source.read(into: &buffer)
      if count == 0 { return all }
      all += buffer[..<count]
    }
  }
}
