;;; esh-session.el --- One connection with one signed-in person -*- lexical-binding: t -*-

;;; Commentary:

;; The desktop, the open windows, and what the host tells about them.  Emacs's own jsonrpc.el speaks the wire.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'esh-words)

(defvar esh-connection nil "The `jsonrpc-process-connection', or nil.")
(defvar esh-user nil "Who is signed in, as the host says it.")
(defvar esh-desktop nil "The desktop as last read.")
(defvar esh-windows nil "Alist from window id to window, the newest first.")

(defvar esh--asking nil
  "Whether a request waits for its answer.
One inside another would be lost: the outer answer ends the wait for both.")
(defvar esh--told nil "What the host has told meanwhile, the newest first: (method . parameters).")

(defvar esh--leaving nil "Whether the connection ends because the person wants it to.")

(defvar esh-window-opened-functions nil "Called with each window that opens.")
(defvar esh-window-changed-functions nil "Called with each window that has changed.")
(defvar esh-window-closed-functions nil "Called with the id of each window that is gone.")
(defvar esh-desktop-changed-hook nil "Called when the desktop was read anew.")
(defvar esh-refresh-functions nil "Called with the registry whose rows have changed.")
(defvar esh-url-function #'browse-url "Opens an address of the host's outside.")

(defun esh-connected-p ()
  "Whether a host listens."
  (and esh-connection (jsonrpc-running-p esh-connection)))

(defun esh--complain (failure)
  "Show the person what the host refused: FAILURE, its error object."
  (let ((issues (plist-get (plist-get failure :data) :issues)))
    (user-error "%s%s" (plist-get failure :message)
                (mapconcat (lambda (issue)
                             (format "\n%s: %s" (plist-get issue :path) (plist-get issue :message)))
                           issues ""))))

(defun esh-call (method &optional parameters)
  "Call METHOD with PARAMETERS (a plist) and return its result;
a refusal is a `user-error'."
  (unless (esh-connected-p) (user-error "%s" (esh-word 'not-connected)))
  (unwind-protect
      (let ((esh--asking t))
        (condition-case failure
            (jsonrpc-request esh-connection method (or parameters (make-hash-table)) :timeout 60)
          (jsonrpc-error
           (let ((details (cddr failure)))
             (esh--complain
              (list :message (or (alist-get 'jsonrpc-error-message details) (error-message-string failure))
                    :data (alist-get 'jsonrpc-error-data details)))))))
    (unless esh--asking (esh--catch-up))))

(defun esh-act (method parameters)
  "Call METHOD with PARAMETERS;
apply its effects in their order and return its result."
  (let ((outcome (esh-call method parameters)))
    (mapc #'esh--apply (plist-get outcome :effects))
    (plist-get outcome :result)))

(defun esh-window (id)
  "The open window with ID, or nil."
  (cdr (assoc id esh-windows)))

(defun esh--merge-list (kept changed removed)
  "KEPT elements with CHANGED ones in their places, new ones at the end, and
those with ids in REMOVED gone."
  (let ((result (cl-remove-if (lambda (element) (seq-contains-p removed (plist-get element :id)))
                              (append kept nil))))
    (seq-doseq (element changed)
      (let ((place (cl-position (plist-get element :id) result
                                :key (lambda (known) (plist-get known :id)) :test #'equal)))
        (if place (setf (nth place result) element)
          (setq result (append result (list element))))))
    result))

(defun esh--merge (window changed)
  "WINDOW with CHANGED put over it."
  (dolist (key '(:title :text :level))
    (when (plist-member changed key)
      (setq window (plist-put window key (plist-get changed key)))))
  (dolist (key '(:fields :tabs :tables :buttons) window)
    (setq window (plist-put window key
                            (esh--merge-list (plist-get window key) (plist-get changed key)
                                             (plist-get (plist-get changed :removed) key))))))

(defun esh--update (id revision changed)
  "Apply CHANGED, told as REVISION, to the window with ID."
  (let ((window (esh-window id)))
    (when (and window (or (null revision) (> revision (plist-get window :revision))))
      (setq window (plist-put (esh--merge window changed) :revision revision))
      (setcdr (assoc id esh-windows) window)
      (run-hook-with-args 'esh-window-changed-functions window))))

(defun esh--opened (window)
  "Take in WINDOW, which has just opened."
  (push (cons (plist-get window :id) window) esh-windows)
  (run-hook-with-args 'esh-window-opened-functions window))

(defun esh--closed (id)
  "Forget the window with ID."
  (setq esh-windows (assoc-delete-all id esh-windows))
  (run-hook-with-args 'esh-window-closed-functions id))

(defun esh--apply (effect)
  "Carry out EFFECT of an outcome."
  (pcase (plist-get effect :type)
    ("openWindow" (esh--opened (plist-get effect :window)))
    ("updateWindow" (esh--update (plist-get effect :id) (plist-get effect :revision) (plist-get effect :changed)))
    ("closeWindow" (esh--closed (plist-get effect :id)))
    ("openURL" (esh-open-url (plist-get effect :url)))
    ("refresh" (run-hook-with-args 'esh-refresh-functions (plist-get effect :registry)))))

(defun esh-open-url (address)
  "Open ADDRESS outside; only the web's addresses."
  (unless (string-match-p "\\`https?://" address) (user-error (esh-word 'link) address))
  (funcall esh-url-function address))

(defun esh-reload-desktop ()
  "Read the desktop again;
show and put away windows that the host opened or closed by itself."
  (setq esh-desktop (esh-call 'desktop/get))
  (let ((living (mapcar (lambda (window) (plist-get window :id)) (plist-get esh-desktop :windows))))
    (seq-doseq (window (plist-get esh-desktop :windows))
      (unless (esh-window (plist-get window :id)) (esh--opened window)))
    (dolist (id (mapcar #'car esh-windows))
      (unless (member id living) (esh--closed id))))
  (run-hooks 'esh-desktop-changed-hook))

(defun esh--notification (_connection method parameters)
  "Take in METHOD with PARAMETERS, told by the host, now or after the request that waits."
  (push (cons method parameters) esh--told)
  (unless esh--asking (esh--catch-up)))

(defun esh--catch-up ()
  "Take in what the host has told, in its order."
  (let ((told (nreverse esh--told)))
    (setq esh--told nil)
    (pcase-dolist (`(,method . ,parameters) told) (esh--take method parameters))))

(defun esh--reload-soon ()
  "Read the desktop when the command that runs is done."
  (run-at-time 0 nil (lambda ()
                       (cond ((not (esh-connected-p)))
                             (esh--asking (push '(desktop/didChange) esh--told))
                             (t (esh-reload-desktop))))))

(defun esh--take (method parameters)
  "Carry out METHOD with PARAMETERS, told by the host."
  (pcase method
    ('window/didChange (esh--update (plist-get parameters :window) (plist-get parameters :revision)
                                    (plist-get parameters :changed)))
    ;; Not at once: effects of an answer may still be to be applied, and windows that they open are on the desktop.
    ('desktop/didChange (esh--reload-soon))
    ('registry/didChange (run-hook-with-args 'esh-refresh-functions (plist-get parameters :registry)))
    ('session/didEnd (setq esh-user nil)
                     (message (esh-word 'ended) (or (plist-get parameters :reason) "")))))

(defun esh--shutdown (_connection)
  "Forget everything: the host is gone."
  (setq esh-connection nil esh-user nil esh-desktop nil)
  (mapc (lambda (entry) (esh--closed (car entry))) esh-windows)
  (unless esh--leaving (message "%s" (esh-word 'closed))))

(defun esh--process (command socket)
  "A process that speaks the wire: the host that serves SOCKET when one runs,
else a new one by COMMAND."
  (or (and (file-exists-p socket)
           (ignore-errors (make-network-process :name "esh" :family 'local :service socket :coding 'utf-8-emacs-unix
                                                :noquery t)))
      (make-process :name "esh" :command command :connection-type 'pipe :coding 'utf-8-emacs-unix :noquery t
                    :stderr (get-buffer-create " *esh errors*"))))

(defun esh-connect (command socket locale)
  "Connect to the host that serves SOCKET, or start one by COMMAND;
its texts come in LOCALE."
  (setq esh-windows nil
        esh--leaving nil
        esh-connection (make-instance 'jsonrpc-process-connection :name "esh" :process (esh--process command socket)
                                      :events-buffer-scrollback-size 0
                                      :notification-dispatcher #'esh--notification :on-shutdown #'esh--shutdown))
  (esh-call 'initialize (list :clientInfo (list :name "esh.el" :version "1.0") :locale locale))
  (jsonrpc-notify esh-connection 'initialized (make-hash-table))
  (setq esh-user (plist-get (esh-call 'session/get) :user)))

(defun esh-disconnect ()
  "End the connection as the wire wants it."
  (when (esh-connected-p)
    (setq esh--leaving t)
    (esh-call 'shutdown)
    (jsonrpc-notify esh-connection 'exit (make-hash-table))
    (jsonrpc-shutdown esh-connection)))

(provide 'esh-session)
;;; esh-session.el ends here
