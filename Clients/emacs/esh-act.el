;;; esh-act.el --- What a person does to the elements of a window -*- lexical-binding: t -*-

;;; Commentary:

;; Each sends one request; the host decides what comes of it.

;;; Code:

(require 'seq)
(require 'esh-session)
(require 'esh-draw)

(defun esh-act-press (window button row)
  "Press BUTTON of WINDOW, in ROW when it is a row's."
  (if (not (esh-draw-true-p (plist-get button :enabled)))
      (message "%s" (or (plist-get button :why) (plist-get button :label)))
    (esh-act 'window/press (append (list :window (plist-get window :id) :button (plist-get button :id))
                                   (and row (list :row row))))))

(defun esh-act-tab (window tab)
  "Select TAB of WINDOW."
  (esh-act 'window/select (list :window (plist-get window :id) :tab (plist-get tab :id))))

(defun esh-act-select (window table row)
  "Select ROW of TABLE in WINDOW;
in a table for several it joins or leaves those that are selected."
  (let* ((id (plist-get row :id))
         (selected (append (plist-get table :selected) nil))
         (rest (remove id selected))
         (rows (if (equal (plist-get table :selection) "multiple") rest nil)))
    (when (equal rest selected) (push id rows))
    (esh-act 'window/select (list :window (plist-get window :id) :table (plist-get table :id) :rows (vconcat rows)))))

(defun esh-act--typed (element text)
  "TEXT as the wire wants it for ELEMENT, a field or column."
  (let ((type (plist-get element :type)))
    (cond ((and (string-empty-p text) (not (member type '("text" "password")))) nil)
          ((and (equal type "number") (string-match-p "\\`-?[0-9]+\\([.,][0-9]+\\)?\\'" text))
           (string-to-number (string-replace "," "." text)))
          (t text))))

(defun esh-act--set (window field value)
  "Set FIELD of WINDOW to VALUE."
  (esh-act 'window/set (list :window (plist-get window :id)
                             :values (list (intern (concat ":" (plist-get field :id))) value))))

(defun esh-act--choose (field)
  "Ask for one of FIELD's options; return its value."
  (let* ((options (append (plist-get field :options) nil))
         (title (completing-read (concat (plist-get field :label) ": ")
                                 (mapcar (lambda (option) (plist-get option :title)) options) nil t)))
    (plist-get (seq-find (lambda (option) (equal (plist-get option :title) title)) options) :value)))

(defun esh-act-field (window field)
  "A person acts on FIELD of WINDOW: it is toggled, chosen, picked or typed."
  (let ((label (concat (plist-get field :label) ": ")))
    (if (not (esh-draw-true-p (plist-get field :enabled)))
        (message "%s" (or (plist-get field :hint) (plist-get field :label)))
      (pcase (plist-get field :type)
        ("checkbox" (esh-act--set window field (if (esh-draw-true-p (plist-get field :value)) :json-false t)))
        ("reference" (esh-act 'window/press (list :window (plist-get window :id)
                                                  :button (concat "pick:" (plist-get field :id)))))
        ("select" (esh-act--set window field (esh-act--choose field)))
        ("password" (esh-act--set window field (read-passwd label)))
        (_ (esh-act--set window field
                         (esh-act--typed field (read-string label (esh-draw-field-text field)))))))))

(defun esh-act--edit (window table row column value)
  "Set the cell at ROW and COLUMN of TABLE in WINDOW to VALUE."
  (esh-act 'window/edit (list :window (plist-get window :id) :table (plist-get table :id) :row (plist-get row :id)
                              :values (list (intern (concat ":" (plist-get column :id))) value))))

(defun esh-act-cell (window table row column)
  "A person acts on the cell at ROW and COLUMN of TABLE in WINDOW.
A link is opened, an editable cell edited, any other selects its row."
  (let* ((value (plist-get (plist-get row :cells) (intern (concat ":" (plist-get column :id)))))
         (type (plist-get column :type))
         (editable (and (esh-draw-true-p (plist-get column :editable))
                        (not (seq-contains-p (plist-get row :locked) (plist-get column :id))))))
    (cond ((and editable (equal type "boolean"))
           (esh-act--edit window table row column (if (esh-draw-true-p value) :json-false t)))
          (editable (esh-act--edit window table row column
                                   (esh-act--typed column (read-string (concat (plist-get column :title) ": ")
                                                                       (esh-draw-cell type value)))))
          ((and value (equal type "link")) (esh-open-url value))
          ((not (equal (plist-get table :selection) "none")) (esh-act-select window table row)))))

(provide 'esh-act)
;;; esh-act.el ends here
