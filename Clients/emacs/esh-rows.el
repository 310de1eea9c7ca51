;;; esh-rows.el --- The rows of one table, page by page -*- lexical-binding: t -*-

;;; Code:

(require 'cl-lib)
(require 'esh-session)

(cl-defstruct esh-rows
  "What has been read of one table: LIST of rows, TOTAL that match, NEXT
page's cursor, REVISION read; SORT is
\(column . descending) and SEARCH a text."
  window table list (total 0) next revision sort search)

(defconst esh-rows-page 60 "Rows that one request asks for.")

(defun esh-rows--query (rows after limit)
  "Ask for at most LIMIT of ROWS that follow the cursor AFTER."
  (let ((sort (esh-rows-sort rows)))
    (esh-call 'table/query
              (append (list :window (esh-rows-window rows) :table (esh-rows-table rows) :limit limit)
                      (and after (list :after after))
                      (and (esh-rows-search rows) (list :search (esh-rows-search rows)))
                      (and sort (list :sort (vector (list :column (car sort)
                                                          :descending (if (cdr sort) t :json-false)))))))))

(defun esh-rows--take (rows answer)
  "Note down ANSWER's total and cursor; return its rows of ROWS as a list."
  (setf (esh-rows-total rows) (plist-get answer :total)
        (esh-rows-next rows) (plist-get answer :next))
  (append (plist-get answer :rows) nil))

(defun esh-rows-reload (rows)
  "Read ROWS from the start, as far as they had been read."
  (let ((limit (min 500 (max esh-rows-page (length (esh-rows-list rows))))))
    (setf (esh-rows-list rows) (esh-rows--take rows (esh-rows--query rows nil limit)))))

(defun esh-rows-more (rows)
  "Read the next page of ROWS, when there is one."
  (when (esh-rows-next rows)
    (let ((answer (esh-rows--query rows (esh-rows-next rows) esh-rows-page)))
      (setf (esh-rows-list rows) (append (esh-rows-list rows) (esh-rows--take rows answer))))))

(defun esh-rows-sort-by (rows column)
  "Sort ROWS by COLUMN; by the same one again: the other way round."
  (let ((now (esh-rows-sort rows)))
    (setf (esh-rows-sort rows) (cons column (and (equal (car now) column) (not (cdr now)))))))

(provide 'esh-rows)
;;; esh-rows.el ends here
