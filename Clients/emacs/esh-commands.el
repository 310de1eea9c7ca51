;;; esh-commands.el --- Commands and registries to choose from -*- lexical-binding: t -*-

;;; Code:

(require 'json)
(require 'esh-session)

(defun esh-commands-list ()
  "The commands that this session may see."
  (append (esh-call 'command/list) nil))

(defun esh-registries-list ()
  "The registries that this session may see."
  (append (esh-call 'registry/list) nil))

(defun esh-commands--arguments (text)
  "TEXT, a JSON object, as a plist."
  (let ((value (condition-case nil (json-parse-string text :object-type 'plist :null-object nil
                                                      :false-object :json-false)
                 (error 'bad))))
    (unless (listp value) (user-error "%s" (esh-word 'bad-json)))
    (or value (make-hash-table))))

;;;###autoload
(defun esh-run (id &optional arguments)
  "Run the command ID with ARGUMENTS, a JSON object as text."
  (interactive
   (let* ((commands (mapcar (lambda (command)
                              (cons (format "%s (%s)" (plist-get command :title) (plist-get command :id)) command))
                            (esh-commands-list)))
          (command (cdr (assoc (completing-read (esh-word 'command) commands nil t) commands)))
          (required (plist-get (plist-get command :params) :required)))
     (list (plist-get command :id)
           (unless (seq-empty-p required) (read-string (esh-word 'arguments) "{}")))))
  (let ((result (esh-act 'command/execute
                         (append (list :command id)
                                 (and arguments (list :arguments (esh-commands--arguments arguments)))))))
    (when result (message "%S" result))
    result))

;;;###autoload
(defun esh-registry (id)
  "Open the registry with ID."
  (interactive
   (let ((registries (mapcar (lambda (registry) (cons (plist-get registry :title) (plist-get registry :id)))
                             (esh-registries-list))))
     (list (cdr (assoc (completing-read (esh-word 'registry) registries nil t) registries)))))
  (esh-act 'command/execute (list :command "shell.openRegistry" :arguments (list :registry id))))

(provide 'esh-commands)
;;; esh-commands.el ends here
