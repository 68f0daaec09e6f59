# How numbers, shares, money, days and lists are written in this language.
# Day and year come as plain digits, everything else as it is made here.

# Between groups of three digits, and before the decimals.
format-group = ,
format-decimal = .

format-percent = { $number }%

format-date = { $month } { $day }, { $year }
format-month-1 = Jan
format-month-2 = Feb
format-month-3 = Mar
format-month-4 = Apr
format-month-5 = May
format-month-6 = Jun
format-month-7 = Jul
format-month-8 = Aug
format-month-9 = Sep
format-month-10 = Oct
format-month-11 = Nov
format-month-12 = Dec

# Money by currency code; a code without a line of its own takes the last one.
format-currency-usd = ${ $amount }
format-currency-eur = €{ $amount }
format-currency-gbp = £{ $amount }
format-currency = { $amount } { $code }

# "A and B"; "A, B and C": the first two are joined by format-list, and so on, the last by format-list-end.
format-list = { $first }, { $next }
format-list-end = { $first } and { $next }

# What somebody said.
format-quote = “{ $text }”
