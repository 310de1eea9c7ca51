-- The commands; everything behind them is loaded when the first one is used.
if vim.g.loaded_esh then return end
vim.g.loaded_esh = 1

local function command(name, run, options)
  vim.api.nvim_create_user_command(name, run, options)
end

command('Esh', function(call) require('esh').open(call.fargs[1]) end,
  { nargs = '?', desc = 'Sign in to ESh and show the desktop: :Esh [login]' })
command('EshOpen', function(call) require('esh').open_path(call.fargs) end, {
  nargs = '+', desc = 'Open an item of the Start menu by its titles or ids',
  complete = function(...) return require('esh.desktop').complete(...) end,
})
command('EshRegistries', function() require('esh').registries() end, { desc = 'Choose a registry and open it' })
command('EshCommands', function() require('esh').commands() end, { desc = 'List the commands that you may run' })
command('EshRun', function(call) require('esh').run(call.fargs[1], table.concat(call.fargs, ' ', 2)) end, {
  nargs = '+', desc = 'Run a command: :EshRun ID [JSON arguments]',
  complete = function(...) return require('esh.commands').complete(...) end,
})
command('EshLogout', function() require('esh').logout() end, { desc = 'Sign out and end the connection' })
