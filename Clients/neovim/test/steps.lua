-- What a person does in the plugin, with real keys, for the walks beside this file.
local here = debug.getinfo(1, 'S').source:sub(2):match('^(.*)/test/[^/]*$')
vim.opt.runtimepath:prepend(here)
vim.cmd('runtime plugin/esh.lua')

-- `said`: messages; `answers`: what is typed at each prompt; `offered`: what was to choose from last.
local M = { said = {}, answers = {}, offered = {} }

vim.notify = function(message) table.insert(M.said, message) end
vim.ui.input = function(options, done) done(M.answers[options.prompt]) end
vim.ui.select = function(items, options, done)
  M.offered = {}
  for index, item in ipairs(items) do
    M.offered[index] = options.format_item(item)
    if M.offered[index] == M.answers[options.prompt] then return done(item) end
  end
  done(nil)
end

function M.text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') end

-- The first line that says `what`.
function M.line(what)
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if line:find(what, 1, true) then return line end
  end
end

function M.wait(holds, trouble) assert(vim.wait(20000, holds, 5), trouble) end
function M.see(what) M.wait(function() return M.line(what) ~= nil end, 'never saw: ' .. what) end
function M.gone(what) M.wait(function() return M.line(what) == nil end, 'still there: ' .. what) end

function M.keys(what)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(what, true, false, true), 'x', false)
end

-- Puts the cursor on what can be acted upon and says `on`, and acts.
function M.act(on)
  for _, spot in ipairs(require('esh.canvas').drawn[vim.api.nvim_get_current_buf()].spots) do
    if vim.fn.getline(spot.line + 1):sub(spot.from + 1, spot.to):find(on, 1, true) then
      vim.api.nvim_win_set_cursor(0, { spot.line + 1, spot.from })
      return M.keys('<CR>')
    end
  end
  error('nothing to act upon says: ' .. on)
end

-- Takes a walk, prints what it returns as one JSON object, and ends Neovim.
function M.run(walk)
  require('esh').setup({
    command = { os.getenv('ESH'), 'serve', '--stdio', '--data', os.getenv('ESH_DATA') },
    data = os.getenv('ESH_DATA'), login = os.getenv('ESH_LOGIN'), password = os.getenv('ESH_PASSWORD'),
  })
  local ok, seen = xpcall(walk, debug.traceback)
  if ok then
    io.stdout:write(vim.json.encode(seen) .. '\n')
  else
    io.stderr:write(tostring(seen) .. '\n' .. vim.inspect(M.said) .. '\n' .. M.text() .. '\n')
  end
  vim.cmd(ok and 'qall!' or 'cquit 1')
end

return M
