;;; steps.el --- What a person does in the package -*- lexical-binding: t -*-

;;; Commentary:

;; For the walks beside this file.

;;; Code:

(require 'cl-lib)
(require 'json)
(require 'esh)

(setq esh-command (list (getenv "ESH") "serve" "--stdio" "--data" (getenv "ESH_DATA"))
      esh-data (getenv "ESH_DATA")
      esh-login (getenv "ESH_LOGIN")
      esh-password-function (lambda (_login) (getenv "ESH_PASSWORD")))

(defvar walk-answers nil "Alist from prompt to what a person types there.")
(defvar walk-said nil "Messages, the newest first.")

(advice-add 'read-string :override (lambda (prompt &rest _) (or (cdr (assoc prompt walk-answers)) "")))
(advice-add 'message :before (lambda (form &rest arguments) (when form (push (apply #'format form arguments) walk-said))))

(defun walk-text () (with-current-buffer (window-buffer) (buffer-substring-no-properties (point-min) (point-max))))

(defun walk-see (what)
  (unless (string-search what (walk-text)) (error "Not on the screen: %s\n%s" what (walk-text))))

(defun walk-act (on)
  "Acts on the first button whose text has ON."
  (with-current-buffer (window-buffer)
    (goto-char (point-min))
    (let ((button (next-button (point-min) t)))
      (while (and button (not (string-search on (button-label button))))
        (setq button (next-button (button-end button))))
      (unless button (error "Nothing to act upon says: %s\n%s" on (walk-text)))
      (goto-char (button-start button))
      (push-button))))

(defun walk-key (key)
  (with-current-buffer (window-buffer) (call-interactively (key-binding (kbd key)))))

(defun walk-wait (what holds)
  "Lets the host speak until HOLDS returns non-nil; WHAT is awaited."
  (let ((left 400))
    (while (not (funcall holds))
      (when (zerop (setq left (1- left))) (error "Never came: %s\n%s" what (walk-text)))
      (accept-process-output nil 0.05))))

(defun walk-line (what)
  "The first line on the screen that says WHAT, or nil."
  (seq-find (lambda (line) (string-search what line)) (split-string (walk-text) "\n")))

(defun walk-run (walk)
  "Calls WALK, prints what it returns as one JSON object, and ends Emacs."
  (condition-case trouble
      (princ (concat (json-encode (funcall walk)) "\n"))
    (error (princ (format "%s\n" (error-message-string trouble)) #'external-debugging-output)
           (kill-emacs 1))))

(provide 'steps)
;;; steps.el ends here
