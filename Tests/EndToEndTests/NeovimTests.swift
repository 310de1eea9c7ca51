import Foundation
import Jansson
import Testing

/// A client that we did not write: Neovim's own JSON-RPC, which speaks the language server's framing.
struct NeovimTests {
  @Test func `vim.lsp.rpc drives the host through initialize, sign-in, desktop/get, shutdown and exit`() throws {
    let editor = try #require(Self.editor, "neovim is not installed; 'apt-get install neovim' brings it")
    let folder = try SchoolFolder()
    let person = try Person.with("employee")
    let script = try folder.write(Self.script, to: "drive.lua")

    let run = try CommandRun(
      [editor, "--headless", "--clean", "-u", "NONE", "-c", "luafile \(script)"],
      environment: [
        "ESH_UNDER_TEST": BuildProducts.esh, "ESH_DATA": folder.path, "ESH_LOGIN": person.login,
        "ESH_PASSWORD": SchoolFolder.password,
      ], within: 60)

    let report = try #require(
      run.output.split(separator: "\n").first { $0.hasPrefix("{") }, "\(run.errors)\(run.output)")
    let seen = try JSONValue(parsing: String(report))
    #expect(seen["server"] == "esh")
    #expect(seen["login"]?.string == person.login)
    #expect(seen["shortcut"]?.string == Manual.bindShortcut)
    #expect(seen["shutdown"] == true)
    #expect(seen["exit"] == 0)
    #expect(run.succeeded, "\(run.errors)")
  }

  private static var editor: String? {
    ["/usr/bin/nvim", "/usr/local/bin/nvim"].first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let script = """
    local exit_code = nil
    local dispatchers = {
      notification = function() end,
      on_error = function(code, err) io.stderr:write('rpc error: ' .. vim.inspect(err) .. '\\n') end,
      on_exit = function(code) exit_code = code end,
    }
    local rpc = vim.lsp.rpc.start(
      os.getenv('ESH_UNDER_TEST'), { 'serve', '--stdio', '--data', os.getenv('ESH_DATA') }, dispatchers)
    local function call(method, params)
      local done, failure, result = false, nil, nil
      rpc.request(method, params, function(err, answer) failure, result, done = err, answer, true end)
      assert(vim.wait(20000, function() return done end, 5), 'no answer to ' .. method)
      assert(not failure, method .. ': ' .. vim.inspect(failure))
      return result
    end
    local ok, trouble = pcall(function()
      local seen = {}
      local hello = call('initialize', {
        processId = vim.loop.getpid(), clientInfo = { name = 'Neovim', version = '0.7' }, locale = 'ru',
        capabilities = vim.empty_dict(), rootUri = vim.NIL })
      seen.server = hello.serverInfo.name
      rpc.notify('initialized', vim.empty_dict())
      local welcome = call('session/login', { login = os.getenv('ESH_LOGIN'), password = os.getenv('ESH_PASSWORD') })
      seen.login = welcome.user.login
      seen.shortcut = call('desktop/get', vim.empty_dict()).shortcuts[1].title
      call('shutdown', nil)
      seen.shutdown = true
      rpc.notify('exit', nil)
      assert(vim.wait(20000, function() return exit_code ~= nil end, 5), 'the host did not end')
      seen.exit = exit_code
      io.stdout:write(vim.json.encode(seen) .. '\\n')
    end)
    if not ok then io.stderr:write(tostring(trouble) .. '\\n') end
    vim.cmd(ok and 'qall!' or 'cquit 1')
    """
}
