;;; esh.el --- The desktop of an ESh host in buffers -*- lexical-binding: t -*-

;; Version: 1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: comm, tools

;;; Commentary:

;; `M-x esh' starts `esh serve --stdio' (or connects to a host that runs already), signs in and shows the desktop:
;; shortcuts and the Start menu.  Every window of the host is a buffer; RET acts on what is at point, TAB goes on,
;; q closes.  The package knows the shape of windows and nothing of what is in them.

;;; Code:

(require 'esh-session)
(require 'esh-desktop)
(require 'esh-window)
(require 'esh-commands)

(defgroup esh nil "The desktop of an ESh host." :group 'applications)

(defcustom esh-data
  (expand-file-name "esh" (or (getenv "XDG_DATA_HOME") "~/.local/share"))
  "Folder that holds everything of one school."
  :type 'directory)

(defcustom esh-command nil
  "Program and arguments that start a host on standard input and output.
When nil: esh serve --stdio --data `esh-data'."
  :type '(choice (const nil) (repeat string)))

(defcustom esh-locale "ru"
  "Language of the host's texts and of the package's own words."
  :type '(choice (const "ru") (const "en")))

(defcustom esh-login nil
  "Login to sign in with; nil asks."
  :type '(choice (const nil) string))

(defvar esh-password-function
  (lambda (login) (read-passwd (esh-word-format 'password login)))
  "Called with the login; returns the password.")

(defun esh--command ()
  "The command line that starts a host."
  (or esh-command (list "esh" "serve" "--stdio" "--data" (expand-file-name esh-data))))

(defun esh--sign-in ()
  "Sign in as `esh-login', or as whom the person names."
  (let* ((login (or esh-login (read-string (esh-word 'login))))
         (welcome (esh-call 'session/login
                            (list :login login :password (funcall esh-password-function login)))))
    (setq esh-user (plist-get welcome :user))))

;;;###autoload
(defun esh ()
  "Sign in to an ESh host, once, and show its desktop."
  (interactive)
  (setq esh-words-locale (intern esh-locale))
  (unless (esh-connected-p)
    (esh-connect (esh--command) (expand-file-name "esh.sock" esh-data) esh-locale))
  (unless esh-user (esh--sign-in))
  (esh-reload-desktop)
  (esh-desktop-show))

;;;###autoload
(defun esh-logout ()
  "Sign out and end the connection;
a host that was started for this Emacs ends with it."
  (interactive)
  (esh-disconnect))

(provide 'esh)
;;; esh.el ends here
